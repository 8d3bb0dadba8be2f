// Routes for administrators: install the images of languages, and clean up. Each needs a key that allows `admin`.

import type { FastifyInstance } from 'fastify';
import { type Static, Type } from 'typebox';
import { ServiceError } from '../../errors.ts';
import { requireScope } from '../authentication.ts';
import { errorAnswers } from '../error-answer.ts';

const InstallationEntry = Type.Object({
  language: Type.String(),
  image: Type.String({ description: 'The image that serves the language.' }),
  status: Type.Unsafe<'waiting' | 'pulling' | 'building' | 'ready' | 'failed'>({
    type: 'string',
    enum: ['waiting', 'pulling', 'building', 'ready', 'failed'],
  }),
  message: Type.Union([Type.String(), Type.Null()], {
    description: 'The latest message, or what went wrong.',
  }),
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
      unused_blobs: Type.Integer({ description: 'Of no problem, and not used for a day.' }),
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
        description: 'Ids or aliases. If they are not given, the one image with all languages is installed.',
      }),
    ),
  },
  { $id: 'PullImagesRequest', additionalProperties: false },
);

export interface Administration {
  /** The id of a language by its id or an alias; `null` for an unknown one. */
  languageId(name: string): string | null;
  /** `null` if programs do not run in containers. */
  readonly images: {
    /** Returns `null` if an installation is in progress. */
    start(languageIds: readonly string[]): readonly Static<typeof InstallationEntry>[] | null;
    entries(): readonly Static<typeof InstallationEntry>[];
  } | null;
  cleanUp(): Promise<Static<typeof CleanUpResult>>;
}

export const ADMIN_SCHEMAS = [ImageInstallations, CleanUpResult, PullImagesRequest];

const PULL_IMAGES = '/admin/pull-images';
const RETRY_AFTER_SECONDS = 30;

const mayBeEmpty = { config: { ...requireScope('admin').config, mayBeEmpty: true } };

export function addAdminRoutes(app: FastifyInstance, administration: Administration): void {
  app.post<{ Body: Static<typeof PullImagesRequest> | null }>(
    PULL_IMAGES,
    { ...mayBeEmpty, schema: pullSchema },
    async (request, reply) => {
      const names = request.body?.languages ?? [];
      const started = imagesOf(administration).start(names.map((name) => knownId(administration, name)));
      if (started === null) {
        const message = `Images are already being installed; GET ${app.prefix}${PULL_IMAGES} reports the progress`;
        throw new ServiceError('conflict', message);
      }
      reply.code(202).header('location', `${app.prefix}${PULL_IMAGES}`);
      return { images: started };
    },
  );
  app.get(PULL_IMAGES, { ...requireScope('admin'), schema: progressSchema }, async () => ({
    images: imagesOf(administration).entries(),
  }));
  app.post('/admin/cleanup', { ...mayBeEmpty, schema: cleanUpSchema }, async () => {
    try {
      return await administration.cleanUp();
    } catch (error) {
      const options = { retryAfterSeconds: RETRY_AFTER_SECONDS, cause: error };
      throw new ServiceError(
        'unavailable',
        'The sandbox does not respond; the rest was not removed',
        options,
      );
    }
  });
}

function imagesOf({ images }: Administration): NonNullable<Administration['images']> {
  if (images !== null) return images;
  throw new ServiceError(
    'conflict',
    'This service runs programs in native boxes, which need no images; SANDBOX=docker uses images',
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
  summary: 'Install the images of languages, in the background',
  description: 'They are pulled from their registry, or built if IMAGE_SOURCE is `build`.',
  tags,
  body: Type.Union([Type.Ref('PullImagesRequest'), Type.Null()]),
  response: {
    202: {
      description: 'The installation has begun.',
      content: { 'application/json': { schema: Type.Ref('ImageInstallations') } },
    },
    ...errorAnswers([400, 401, 403, 409, 415, 422, 500]),
  },
};

const progressSchema = {
  operationId: 'pullImagesProgress',
  summary: 'Report the progress of the images',
  tags,
  response: {
    200: {
      description: 'The images of the last request.',
      content: { 'application/json': { schema: Type.Ref('ImageInstallations') } },
    },
    ...errorAnswers([401, 403, 409, 500]),
  },
};

const cleanUpSchema = {
  operationId: 'cleanUp',
  summary: 'Clean up',
  description:
    'Removes containers that no service owns any more, images without a name, cached builds, expired results and ' +
    'blobs that nothing uses.',
  tags,
  response: {
    200: {
      description: 'What was removed.',
      content: { 'application/json': { schema: Type.Ref('CleanUpResult') } },
    },
    ...errorAnswers([401, 403, 500, 503]),
  },
};
