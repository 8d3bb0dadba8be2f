// Routes of administration: bringing the images of languages, and removing what nothing needs. Each needs a key that
// allows `admin`.

import type { FastifyInstance } from 'fastify';
import { type Static, Type } from 'typebox';
import { ServiceError } from '../../errors.ts';
import { requireScope } from '../authentication.ts';
import { problemAnswers } from '../problem.ts';

const InstallationEntry = Type.Object({
  language: Type.String(),
  image: Type.String({ description: 'The image that serves the language.' }),
  status: Type.Unsafe<'waiting' | 'pulling' | 'building' | 'ready' | 'failed'>({
    type: 'string',
    enum: ['waiting', 'pulling', 'building', 'ready', 'failed'],
  }),
  message: Type.Union([Type.String(), Type.Null()], { description: 'The last word, or what went wrong.' }),
  progress: Type.Union([
    Type.Object({ current_bytes: Type.Integer(), total_bytes: Type.Integer() }),
    Type.Null(),
  ]),
  started_at: Type.Union([Type.String({ format: 'date-time' }), Type.Null()]),
  finished_at: Type.Union([Type.String({ format: 'date-time' }), Type.Null()]),
});

const ImageInstallations = Type.Object(
  { images: Type.Array(InstallationEntry) },
  { $id: 'ImageInstallations', description: 'One entry a language.' },
);

const CleanUpResult = Type.Object(
  {
    removed: Type.Object({
      containers: Type.Integer(),
      workspaces: Type.Integer(),
      cached_artifacts: Type.Integer(),
      expired_results: Type.Integer(),
    }),
    freed_bytes: Type.Integer({ description: 'Of memory and disk together.' }),
  },
  { $id: 'CleanUpResult' },
);

const PullImagesRequest = Type.Object(
  {
    languages: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 64 }), {
        minItems: 1,
        maxItems: 64,
        description: 'Ids or aliases. Without them, the one image with all languages is taken.',
      }),
    ),
  },
  { $id: 'PullImagesRequest', additionalProperties: false },
);

export interface Administration {
  /** Ids of the languages by what a request calls them; `null` for one that is not known. */
  languageId(name: string): string | null;
  /** `null` when programs do not run in containers. */
  readonly images: {
    /** Returns `null` when an installation is under way. */
    start(languageIds: readonly string[]): readonly Static<typeof InstallationEntry>[] | null;
    entries(): readonly Static<typeof InstallationEntry>[];
  } | null;
  cleanUp(): Promise<Static<typeof CleanUpResult>>;
}

export const ADMIN_SCHEMAS = [ImageInstallations, CleanUpResult, PullImagesRequest];

const PULL_IMAGES = '/api/v1/admin/pull-images';
const RETRY_AFTER_SECONDS = 30;

const mayBeEmpty = { config: { ...requireScope('admin').config, mayBeEmpty: true } };

export function addAdminRoutes(app: FastifyInstance, administration: Administration): void {
  app.post<{ Body: Static<typeof PullImagesRequest> | null }>(
    PULL_IMAGES,
    { ...mayBeEmpty, schema: pullSchema },
    async (request, reply) => {
      const names = request.body?.languages ?? [];
      const started = imagesOf(administration).start(names.map((name) => knownId(administration, name)));
      if (started === null)
        throw new ServiceError(
          'conflict',
          `Images are being brought: GET ${PULL_IMAGES} tells how far it is`,
        );
      reply.code(202).header('location', PULL_IMAGES);
      return { images: started };
    },
  );
  app.get(PULL_IMAGES, { ...requireScope('admin'), schema: progressSchema }, async () => ({
    images: imagesOf(administration).entries(),
  }));
  app.post('/api/v1/admin/cleanup', { ...mayBeEmpty, schema: cleanUpSchema }, async () => {
    try {
      return await administration.cleanUp();
    } catch (error) {
      const options = { retryAfterSeconds: RETRY_AFTER_SECONDS, cause: error };
      throw new ServiceError(
        'unavailable',
        'The sandbox does not answer, nothing more could be removed',
        options,
      );
    }
  });
}

function imagesOf({ images }: Administration): NonNullable<Administration['images']> {
  if (images !== null) return images;
  throw new ServiceError(
    'conflict',
    'Programs run in native boxes, without images; SANDBOX=docker uses images',
  );
}

function knownId(administration: Administration, name: string): string {
  const id = administration.languageId(name);
  if (id !== null) return id;
  throw new ServiceError('unsupported_language', `There is no language ${JSON.stringify(name)}`);
}

const tags = ['administration'];

const pullSchema = {
  operationId: 'pullImages',
  summary: 'Bring the images of languages, in the background',
  description: 'They are pulled from their registry, or built where IMAGE_SOURCE is `build`.',
  tags,
  body: Type.Union([Type.Ref('PullImagesRequest'), Type.Null()]),
  response: {
    202: {
      description: 'It has begun.',
      content: { 'application/json': { schema: Type.Ref('ImageInstallations') } },
    },
    ...problemAnswers([400, 401, 403, 409, 415, 422, 500]),
  },
};

const progressSchema = {
  operationId: 'pullImagesProgress',
  summary: 'Tell how far the images are',
  tags,
  response: {
    200: {
      description: 'Of what was asked for last.',
      content: { 'application/json': { schema: Type.Ref('ImageInstallations') } },
    },
    ...problemAnswers([401, 403, 409, 500]),
  },
};

const cleanUpSchema = {
  operationId: 'cleanUp',
  summary: 'Remove what nothing needs',
  description:
    'Containers that no service owns any more, images without a name, and builds kept for identical ones to come.',
  tags,
  response: {
    200: {
      description: 'What was removed.',
      content: { 'application/json': { schema: Type.Ref('CleanUpResult') } },
    },
    ...problemAnswers([401, 403, 500, 503]),
  },
};
