// Short names for the types of the API, which are generated from its OpenAPI document.

import type { components } from './schema.ts';

export type Schemas = components['schemas'];

export type ExecuteRequest = Schemas['ExecuteRequest'];
export type ExecutionResult = Schemas['ExecutionResult'];
export type SubmitRequest = Schemas['SubmitRequest'];
export type Execution = Schemas['Execution'];
export type ExecutionSummary = Schemas['ExecutionSummary'];
export type Language = Schemas['Language'];
export type HealthReport = Schemas['HealthReport'];
export type ProblemDefinition = Schemas['ProblemDefinition'];
export type ProblemSummary = Schemas['ProblemSummary'];
export type KeptProblem = Schemas['KeptProblem'];
export type PackageReport = Schemas['PackageReport'];
export type SubmissionReport = Schemas['SubmissionReport'];
export type TestResult = ExecutionResult['results'][number];
export type CompileResult = NonNullable<ExecutionResult['compile']>;
