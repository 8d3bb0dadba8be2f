// Types of the API, generated from the service's OpenAPI document by `npm run documents`: do not edit.

export interface paths {
    "/api/v1/execute": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Run a program and wait for the result
         * @description Compiles the program once, runs it for each test case in a sandbox of its own, and compares the outputs. A program that fails is not an error: it is a 200 with a `status`. Disconnecting cancels the execution.
         */
        post: operations["execute"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/executions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the executions of the key, the newest first
         * @description Without keys, those of the address. A page may have fewer than `limit` although `next_cursor` leads to another: with filters, each looks at a bounded number of executions.
         */
        get: operations["listExecutions"];
        put?: never;
        /**
         * Submit a program, and fetch the result later
         * @description The execution is kept before this answers, and runs when its turn has come, also if the service is restarted meanwhile. Look at it, wait for it, follow its events, or name a `webhook_url`.
         */
        post: operations["submit"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/executions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show an execution at whatever stage it is, or wait for its end */
        get: operations["getExecution"];
        put?: never;
        post?: never;
        /** Cancel an execution that waits or runs */
        delete: operations["cancelExecution"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/executions/batch": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Submit up to 100 programs at once
         * @description Each is an execution of its own, which succeeds or fails alone. Rate limits count each; if not all are within the limits, none is submitted. An `Idempotency-Key` is for the batch as a whole.
         */
        post: operations["submitBatch"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/executions/{id}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Follow an execution as server-sent events
         * @description Events are `status`, `compile`, `test` and at last `done` with the whole execution; `data` is JSON. Those of the past come first. Ids count up for each execution; a client that sends the last one as `Last-Event-ID` misses none and gets none twice. With `output=true`, `output` has what shown tests write while they run: `test_index`, `stream`, `data`, `encoding`, and `dropped_bytes`, which are missing before it. Such events have no id. After an interruption of the service the execution may begin again, with `status` `queued`.
         */
        get: operations["executionEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/blobs/{sha256}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Return the bytes of a blob */
        get: operations["getBlob"];
        /**
         * Store bytes under their SHA-256
         * @description Wherever a request has `input`, `expected_output` or the `content` of a file, `{"blob": "SHA-256"}` stands for them. A blob that no problem names is removed a day after its last use.
         */
        put: operations["putBlob"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/problems/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show a problem
         * @description Data of tests that is long or no text is named by its digest; `GET /blobs/{sha256}` returns it.
         */
        get: operations["getProblem"];
        /**
         * Keep a problem, or a new version of it
         * @description Tests are hidden unless they have `"is_hidden": false`. A version never changes: the same content has the same version, and other content another one. A package in the format of ICPC and Kattis, as a ZIP archive, is read as a problem, and the submissions in it are run as its proof before this answers.
         */
        put: operations["putProblem"];
        post?: never;
        /** Remove a problem with all its versions */
        delete: operations["deleteProblem"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/problems/check": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Check a problem package, and keep nothing */
        post: operations["checkProblem"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/problems/{id}/package": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Return a problem as an archive
         * @description Put again, it is the same version.
         */
        get: operations["getProblemPackage"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/problems": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the problems of the key, by id */
        get: operations["listProblems"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/languages": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the languages */
        get: operations["listLanguages"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Check every part of the service */
        get: operations["health"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/health/live": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Is the process alive? */
        get: operations["live"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/health/ready": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Does it take requests? */
        get: operations["ready"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Report what was executed in the last hours */
        get: operations["metrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/metrics/users": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the users with the most executions in the last hours
         * @description Windows begin with a whole hour. An answer on more than 24 hours may be a minute old. Only requests with a `user_id` have a user.
         */
        get: operations["topUsers"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/metrics/failures": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the executions that the service failed in the last hours
         * @description Those with the verdict `internal_error`, and those answered with an error after they were accepted.
         */
        get: operations["failures"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/metrics/user/{user_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Report what was executed for one user in the last hours
         * @description Windows begin with a whole hour. A user of whom nothing was counted in the last 720 hours is not known.
         */
        get: operations["userMetrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/pull-images": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Report the progress of the images */
        get: operations["pullImagesProgress"];
        put?: never;
        /**
         * Install the images of languages, in the background
         * @description They are pulled from their registry, or built if IMAGE_SOURCE is `build`.
         */
        post: operations["pullImages"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/cleanup": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Clean up
         * @description Removes containers that no service owns any more, images without a name, cached builds, expired results and blobs that nothing uses.
         */
        post: operations["cleanUp"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/executions/{id}/redeliver": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Deliver an execution's webhook again
         * @description Makes one attempt at once, whatever became of the earlier ones. Receivers see the same `webhook-id`.
         */
        post: operations["redeliverWebhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Report the figures of this process to Prometheus */
        get: operations["prometheus"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /**
         * @example {
         *       "language": "python",
         *       "code": "a, b = map(int, input().split())\nprint(a + b)",
         *       "test_cases": [
         *         {
         *           "name": "small",
         *           "input": "2 3",
         *           "expected_output": "5"
         *         },
         *         {
         *           "name": "negative",
         *           "input": "-2 -3",
         *           "expected_output": "-5",
         *           "is_hidden": true
         *         }
         *       ],
         *       "time_limit": 2,
         *       "memory_limit": 64
         *     }
         * @example {
         *       "language": "python",
         *       "code": "print(\"Hello, World!\")"
         *     }
         */
        ExecuteRequest: {
            /** @description The source code. Without it, the first of `files` is the main source. More than 50000 characters are a 413. */
            code?: string;
            /** @description Id or alias, ignoring case; a number after it chooses a standard or a version: `c++20`, `node20`. */
            language: string;
            /** @description A version, its beginning, a range such as `>=3.8`, or `latest`; for C++, C and Rust also a standard such as `20`. */
            version?: string;
            /** @description A problem that the service keeps: `ID` for its latest version, or `ID@VERSION`. What else the request names may only tighten it, but for `test_cases`, which take the place of the tests of the problem. */
            problem?: string;
            /** @description Path of the file that is started: one of `files`, or the main source, which is the default. */
            entry?: string;
            /** @description Options for the compiler, each one of those that `GET /languages` lists for the language. */
            compile_options?: string[];
            files?: {
                /** @description Relative path, without `..`. */
                path: string;
                /** @description What is in the file. `{"blob": "SHA-256"}` stands for what is stored under it. */
                content: string | {
                    /** @description SHA-256 of what `PUT /blobs/{sha256}` has stored. */
                    blob: string;
                };
                /**
                 * @description How `content` is encoded: `utf8` (the default), or `base64` for bytes that are not text.
                 * @enum {string}
                 */
                encoding?: "utf8" | "base64";
            }[];
            /** @description Input of the program if there are no test cases. */
            stdin?: string;
            /**
             * @description How `stdin` is encoded: `utf8` (the default), or `base64` for bytes that are not text.
             * @enum {string}
             */
            stdin_encoding?: "utf8" | "base64";
            /** @description Arguments of the program, at most 131072 bytes in total. */
            args?: string[];
            /** @description Patterns of files of the work directory that results have, such as `*.png` or `plots/**`: at most 16 files of 1 MiB, 4 MiB together. */
            output_files?: string[];
            test_cases?: {
                name?: string;
                /** @description Input of the program on stdin. Default: empty. `{"blob": "SHA-256"}` stands for what is stored under it. */
                input?: string | {
                    /** @description SHA-256 of what `PUT /blobs/{sha256}` has stored. */
                    blob: string;
                };
                /** @description Without it, the test passes if the program exits with 0. `{"blob": "SHA-256"}` stands for what is stored under it. */
                expected_output?: string | {
                    /** @description SHA-256 of what `PUT /blobs/{sha256}` has stored. */
                    blob: string;
                };
                /**
                 * @description How `input` and `expected_output` are encoded: `utf8` (the default), or `base64` for bytes that are not text.
                 * @enum {string}
                 */
                encoding?: "utf8" | "base64";
                /** @description With `unit_tests`: the test function that this test runs, as `test_add`, `TestStack::test_pop` or `stack > pops`. */
                unit_test?: string;
                /** @description A hidden test returns its verdict, times and memory, but no texts. Default: false. */
                is_hidden?: boolean;
                /** @description Share of the score. Default: 1. */
                weight?: number;
                /** @description Arguments of the program, at most 131072 bytes in total. */
                args?: string[];
                /** @description Seconds of CPU time of one run. The wall-clock limit is twice that plus one second, at most `EXECUTION_TIMEOUT`; time in which the program was ready but had no processor does not count. */
                time_limit?: number;
                /** @description Memory of one run in MB (MiB): all its processes and files in memory together. */
                memory_limit?: number;
                /** @description Name of one of `groups`. */
                group?: string;
                /** @description Arguments of the checker program or the interactor for this test, after all others. */
                checker_args?: string[];
            }[];
            /** @description How output is compared with the expected output. */
            checker?: {
                /** @enum {string} */
                type: "exact" | "trim" | "tokens" | "float" | "unordered_lines" | "case_insensitive" | "lines" | "program";
                /** @description `float` only: allowed absolute error; 0.000001 if neither is given. */
                absolute?: number;
                /** @description `float` only: allowed relative error; 0.000001 if neither is given. */
                relative?: number;
                /** @description `false` makes ASCII letters of both cases the same in `trim`, `tokens`, `float`, `unordered_lines` and `lines`. Default: true. */
                case_sensitive?: boolean;
                /** @description `true` makes white space in `tokens` and `float` count, byte for byte. Default: false. */
                space_change_sensitive?: boolean;
                /**
                 * @description What the program is given and how its end is read. Default: `testlib`.
                 * @enum {string}
                 */
                protocol?: "testlib" | "icpc";
                /** @description Id or alias, ignoring case; a number after it chooses a standard or a version: `c++20`, `node20`. */
                language?: string;
                /** @description A version, its beginning, a range such as `>=3.8`, or `latest`; for C++, C and Rust also a standard such as `20`. */
                version?: string;
                /** @description The source code. Without it, the first of `files` is the main source. */
                code?: string;
                files?: {
                    /** @description Relative path, without `..`. */
                    path: string;
                    /** @description What is in the file. `{"blob": "SHA-256"}` stands for what is stored under it. */
                    content: string | {
                        /** @description SHA-256 of what `PUT /blobs/{sha256}` has stored. */
                        blob: string;
                    };
                    /**
                     * @description How `content` is encoded: `utf8` (the default), or `base64` for bytes that are not text.
                     * @enum {string}
                     */
                    encoding?: "utf8" | "base64";
                }[];
                /** @description Arguments after those of the protocol. */
                args?: string[];
                /** @description Seconds of CPU time of one run of this program. Default: 10. */
                time_limit?: number;
                /** @description Memory of one run of this program in MB (MiB). Default: 512. */
                memory_limit?: number;
                /** @description Protocol `icpc` only: how often the solution may be run for one test. Another pass follows when the program accepts and leaves `nextpass.in`. Default: 1. */
                validation_passes?: number;
            };
            /** @description A program that talks to the solution: its stdout is the stdin of the solution, and the other way round. */
            interactor?: {
                /**
                 * @description What the program is given and how its end is read. Default: `testlib`.
                 * @enum {string}
                 */
                protocol?: "testlib" | "icpc";
                /** @description Id or alias, ignoring case; a number after it chooses a standard or a version: `c++20`, `node20`. */
                language?: string;
                /** @description A version, its beginning, a range such as `>=3.8`, or `latest`; for C++, C and Rust also a standard such as `20`. */
                version?: string;
                /** @description The source code. Without it, the first of `files` is the main source. */
                code?: string;
                files?: {
                    /** @description Relative path, without `..`. */
                    path: string;
                    /** @description What is in the file. `{"blob": "SHA-256"}` stands for what is stored under it. */
                    content: string | {
                        /** @description SHA-256 of what `PUT /blobs/{sha256}` has stored. */
                        blob: string;
                    };
                    /**
                     * @description How `content` is encoded: `utf8` (the default), or `base64` for bytes that are not text.
                     * @enum {string}
                     */
                    encoding?: "utf8" | "base64";
                }[];
                /** @description Arguments after those of the protocol. */
                args?: string[];
                /** @description Seconds of CPU time of one run of this program. Default: 10. */
                time_limit?: number;
                /** @description Memory of one run of this program in MB (MiB). Default: 512. */
                memory_limit?: number;
                /** @description Protocol `icpc` only: how often the solution may be run for one test. Another pass follows when the program accepts and leaves `nextpass.in`. Default: 1. */
                validation_passes?: number;
            };
            /** @description Tests of the program, in a box of their own, where they import its modules. `language` is that of the program, or one with another framework, such as `pytest`. */
            unit_tests?: {
                /** @description Id or alias, ignoring case; a number after it chooses a standard or a version: `c++20`, `node20`. */
                language?: string;
                /** @description A version, its beginning, a range such as `>=3.8`, or `latest`; for C++, C and Rust also a standard such as `20`. */
                version?: string;
                /** @description The source code. Without it, the first of `files` is the main source. */
                code?: string;
                files?: {
                    /** @description Relative path, without `..`. */
                    path: string;
                    /** @description What is in the file. `{"blob": "SHA-256"}` stands for what is stored under it. */
                    content: string | {
                        /** @description SHA-256 of what `PUT /blobs/{sha256}` has stored. */
                        blob: string;
                    };
                    /**
                     * @description How `content` is encoded: `utf8` (the default), or `base64` for bytes that are not text.
                     * @enum {string}
                     */
                    encoding?: "utf8" | "base64";
                }[];
                /** @description Seconds of CPU time of one run of this program. Default: 10. */
                time_limit?: number;
                /** @description Memory of one run of this program in MB (MiB). Default: 512. */
                memory_limit?: number;
            };
            /** @description With an interactor: results of tests that are not hidden have what the two said. Default: false. */
            interaction?: boolean;
            /** @description Protocol `icpc` only: how often the solution may be run for one test. Another pass follows when the program accepts and leaves `nextpass.in`. Default: 1. */
            validation_passes?: number;
            /** @description Groups that tests name, scored together. */
            groups?: {
                /** @description Name of one of `groups`. */
                name: string;
                /** @description What the group is worth. Default: its number of tests. */
                points?: number;
                /**
                 * @description Of the scores of its tests: the least, the mean by their weights, or the most. Default: `min`.
                 * @enum {string}
                 */
                scoring?: "min" | "sum" | "max";
                /** @description Groups of which every test must be accepted; else this one is skipped. */
                depends_on?: string[];
                /** @description Skip the rest of the group after a test that scores 0. Default: true. */
                stop_on_failure?: boolean;
            }[];
            /** @description Skip the tests after a failed one. Default: false. */
            stop_on_failure?: boolean;
            /** @description Seconds of CPU time of one run. The wall-clock limit is twice that plus one second, at most `EXECUTION_TIMEOUT`; time in which the program was ready but had no processor does not count. */
            time_limit?: number;
            /** @description Memory of one run in MB (MiB): all its processes and files in memory together. */
            memory_limit?: number;
            /** @description Factors of the CPU time limit by language, such as `{"python": 3}`. No limit exceeds the largest `time_limit`. */
            time_multipliers?: {
                [key: string]: number;
            };
            /** @description Limit of each of stdout and stderr in KiB. */
            output_limit_kb?: number;
            user_id?: string;
            /**
             * @description Default: `normal`.
             * @enum {string}
             */
            priority?: "low" | "normal" | "high";
        } & (unknown | {
            files: unknown[];
        });
        /**
         * @example {
         *       "execution_id": "01JDCQ3V5W8K2T4N6P8R0S2T4V",
         *       "status": "accepted",
         *       "language": "python",
         *       "version": "3.11.2",
         *       "compile": null,
         *       "results": [
         *         {
         *           "index": 0,
         *           "name": "small",
         *           "status": "accepted",
         *           "passed": true,
         *           "score": 1,
         *           "is_hidden": false,
         *           "input": "2 3",
         *           "input_truncated": false,
         *           "expected_output": "5",
         *           "stdout": "5\n",
         *           "stderr": "",
         *           "exit_code": 0,
         *           "signal": null,
         *           "cpu_time_ms": 11.2,
         *           "wall_time_ms": 13.9,
         *           "memory_kb": 9120,
         *           "stdout_truncated": false,
         *           "stderr_truncated": false,
         *           "message": null
         *         },
         *         {
         *           "index": 1,
         *           "name": "negative",
         *           "status": "accepted",
         *           "passed": true,
         *           "score": 1,
         *           "is_hidden": true,
         *           "input": null,
         *           "input_truncated": false,
         *           "expected_output": null,
         *           "stdout": null,
         *           "stderr": null,
         *           "exit_code": 0,
         *           "signal": null,
         *           "cpu_time_ms": 11.2,
         *           "wall_time_ms": 13.9,
         *           "memory_kb": 9120,
         *           "stdout_truncated": false,
         *           "stderr_truncated": false,
         *           "message": null
         *         }
         *       ],
         *       "summary": {
         *         "total": 2,
         *         "passed": 2,
         *         "failed": 0,
         *         "skipped": 0,
         *         "score": 1
         *       },
         *       "cpu_time_ms": 11.2,
         *       "wall_time_ms": 13.9,
         *       "memory_kb": 9120,
         *       "queue_time_ms": 0.4,
         *       "total_time_ms": 19,
         *       "sandbox": "native",
         *       "timings": {
         *         "validation_ms": 1.4
         *       },
         *       "warnings": [],
         *       "created_at": "2026-01-01T00:00:00.000Z",
         *       "finished_at": "2026-01-01T00:00:00.019Z"
         *     }
         */
        ExecutionResult: {
            execution_id: string;
            /** @enum {string} */
            status: "queued" | "compiling" | "running" | "accepted" | "completed" | "partially_accepted" | "wrong_answer" | "compilation_error" | "runtime_error" | "time_limit_exceeded" | "memory_limit_exceeded" | "output_limit_exceeded" | "security_violation" | "checker_error" | "skipped" | "cancelled" | "internal_error";
            language: string;
            version: string;
            /** @description With `problem` in the request: `ID@VERSION`, which was run. */
            problem?: string;
            compile: {
                /** @enum {string} */
                status: "completed" | "compilation_error";
                exit_code: number | null;
                signal: string | null;
                stdout: string;
                stderr: string;
                /** @description What the compiler wrote to stdout and then to stderr; `message` if it wrote nothing. Show this to people. */
                output: string;
                /** @description Milliseconds. */
                cpu_time_ms: number;
                /** @description Milliseconds. */
                wall_time_ms: number;
                /** @description KiB. */
                memory_kb: number;
                cached: boolean;
                message: string | null;
            } | null;
            results: {
                index: number;
                name: string | null;
                /** @enum {string} */
                status: "queued" | "compiling" | "running" | "accepted" | "completed" | "partially_accepted" | "wrong_answer" | "compilation_error" | "runtime_error" | "time_limit_exceeded" | "memory_limit_exceeded" | "output_limit_exceeded" | "security_violation" | "checker_error" | "skipped" | "cancelled" | "internal_error";
                /**
                 * @description With `time_limit_exceeded`: which limit.
                 * @enum {string}
                 */
                limit?: "cpu" | "wall";
                passed: boolean;
                /** @description 1 if it passed, else 0, or between if a checker program gave a part of the points. */
                score: number;
                is_hidden: boolean;
                /** @description As in the request; the first 65536 bytes of it, or all with `include=input`. */
                input: string | null;
                input_truncated: boolean;
                expected_output: string | null;
                stdout: string | null;
                stderr: string | null;
                exit_code: number | null;
                signal: string | null;
                /** @description Milliseconds. */
                cpu_time_ms: number;
                /** @description Milliseconds. */
                wall_time_ms: number;
                /** @description KiB. */
                memory_kb: number;
                stdout_truncated: boolean;
                stderr_truncated: boolean;
                message: string | null;
                /** @description With `output_files` in the request: what matched, unless the test is hidden. */
                output_files?: {
                    path: string;
                    content: string;
                    /** @enum {string} */
                    encoding: "base64";
                    mime_type: string;
                }[];
                /** @description With `interaction`: what the two said, at most 64 KiB. */
                interaction?: {
                    /** @enum {string} */
                    from: "program" | "interactor";
                    text: string;
                    /** @description Milliseconds. */
                    at_ms: number;
                }[];
                /** @description What a checker program of the protocol `icpc` has to say to the author of the problem. */
                judge_message?: string;
            }[];
            /** Totals */
            summary: {
                total: number;
                passed: number;
                failed: number;
                skipped: number;
                /** @description The tests' scores by their weights, divided by the weight of all tests, 0 to 1. */
                score: number;
            };
            /** @description With `groups` in the request: what each gained. */
            groups?: {
                name: string;
                /** @enum {string} */
                status: "queued" | "compiling" | "running" | "accepted" | "completed" | "partially_accepted" | "wrong_answer" | "compilation_error" | "runtime_error" | "time_limit_exceeded" | "memory_limit_exceeded" | "output_limit_exceeded" | "security_violation" | "checker_error" | "skipped" | "cancelled" | "internal_error";
                /** @description In points. */
                score: number;
                points: number;
            }[];
            /** @description Milliseconds. */
            cpu_time_ms: number;
            /** @description Milliseconds. */
            wall_time_ms: number;
            /** @description KiB. */
            memory_kb: number;
            /** @description Milliseconds. */
            queue_time_ms: number;
            /** @description Milliseconds. */
            total_time_ms: number;
            sandbox: string;
            /** @description Parts of `total_time_ms`. */
            timings: {
                /** @description Time of the validation, before the wait for a slot; `null` if validation is off. */
                validation_ms: number | null;
            };
            warnings: string[];
            /** @description With `include=analysis`: the findings of validation and figures for each file. */
            analysis?: {
                findings: {
                    rule: string;
                    /** @enum {string} */
                    severity: "error" | "warning";
                    message: string;
                    file: string;
                    line: number;
                    column: number;
                    snippet: string;
                }[];
                files: {
                    file: string;
                    characters: number;
                    lines: number;
                    longest_line: number;
                    /** @description Words and signs, including those in comments and strings. */
                    tokens: number;
                    functions: number;
                    /** @description Depth of nested functions, classes, branches and loops. */
                    nesting: number;
                    /** @description Cyclomatic complexity of the whole file. */
                    complexity: number;
                    /** @description Cyclomatic complexity of the most complex function. */
                    function_complexity: number;
                }[];
            };
            created_at: string;
            finished_at: string;
        };
        SubmitRequest: {
            /** @description The source code. Without it, the first of `files` is the main source. More than 50000 characters are a 413. */
            code?: string;
            /** @description Id or alias, ignoring case; a number after it chooses a standard or a version: `c++20`, `node20`. */
            language: string;
            /** @description A version, its beginning, a range such as `>=3.8`, or `latest`; for C++, C and Rust also a standard such as `20`. */
            version?: string;
            /** @description A problem that the service keeps: `ID` for its latest version, or `ID@VERSION`. What else the request names may only tighten it, but for `test_cases`, which take the place of the tests of the problem. */
            problem?: string;
            /** @description Path of the file that is started: one of `files`, or the main source, which is the default. */
            entry?: string;
            /** @description Options for the compiler, each one of those that `GET /languages` lists for the language. */
            compile_options?: string[];
            files?: {
                /** @description Relative path, without `..`. */
                path: string;
                /** @description What is in the file. `{"blob": "SHA-256"}` stands for what is stored under it. */
                content: string | {
                    /** @description SHA-256 of what `PUT /blobs/{sha256}` has stored. */
                    blob: string;
                };
                /**
                 * @description How `content` is encoded: `utf8` (the default), or `base64` for bytes that are not text.
                 * @enum {string}
                 */
                encoding?: "utf8" | "base64";
            }[];
            /** @description Input of the program if there are no test cases. */
            stdin?: string;
            /**
             * @description How `stdin` is encoded: `utf8` (the default), or `base64` for bytes that are not text.
             * @enum {string}
             */
            stdin_encoding?: "utf8" | "base64";
            /** @description Arguments of the program, at most 131072 bytes in total. */
            args?: string[];
            /** @description Patterns of files of the work directory that results have, such as `*.png` or `plots/**`: at most 16 files of 1 MiB, 4 MiB together. */
            output_files?: string[];
            test_cases?: {
                name?: string;
                /** @description Input of the program on stdin. Default: empty. `{"blob": "SHA-256"}` stands for what is stored under it. */
                input?: string | {
                    /** @description SHA-256 of what `PUT /blobs/{sha256}` has stored. */
                    blob: string;
                };
                /** @description Without it, the test passes if the program exits with 0. `{"blob": "SHA-256"}` stands for what is stored under it. */
                expected_output?: string | {
                    /** @description SHA-256 of what `PUT /blobs/{sha256}` has stored. */
                    blob: string;
                };
                /**
                 * @description How `input` and `expected_output` are encoded: `utf8` (the default), or `base64` for bytes that are not text.
                 * @enum {string}
                 */
                encoding?: "utf8" | "base64";
                /** @description With `unit_tests`: the test function that this test runs, as `test_add`, `TestStack::test_pop` or `stack > pops`. */
                unit_test?: string;
                /** @description A hidden test returns its verdict, times and memory, but no texts. Default: false. */
                is_hidden?: boolean;
                /** @description Share of the score. Default: 1. */
                weight?: number;
                /** @description Arguments of the program, at most 131072 bytes in total. */
                args?: string[];
                /** @description Seconds of CPU time of one run. The wall-clock limit is twice that plus one second, at most `EXECUTION_TIMEOUT`; time in which the program was ready but had no processor does not count. */
                time_limit?: number;
                /** @description Memory of one run in MB (MiB): all its processes and files in memory together. */
                memory_limit?: number;
                /** @description Name of one of `groups`. */
                group?: string;
                /** @description Arguments of the checker program or the interactor for this test, after all others. */
                checker_args?: string[];
            }[];
            /** @description How output is compared with the expected output. */
            checker?: {
                /** @enum {string} */
                type: "exact" | "trim" | "tokens" | "float" | "unordered_lines" | "case_insensitive" | "lines" | "program";
                /** @description `float` only: allowed absolute error; 0.000001 if neither is given. */
                absolute?: number;
                /** @description `float` only: allowed relative error; 0.000001 if neither is given. */
                relative?: number;
                /** @description `false` makes ASCII letters of both cases the same in `trim`, `tokens`, `float`, `unordered_lines` and `lines`. Default: true. */
                case_sensitive?: boolean;
                /** @description `true` makes white space in `tokens` and `float` count, byte for byte. Default: false. */
                space_change_sensitive?: boolean;
                /**
                 * @description What the program is given and how its end is read. Default: `testlib`.
                 * @enum {string}
                 */
                protocol?: "testlib" | "icpc";
                /** @description Id or alias, ignoring case; a number after it chooses a standard or a version: `c++20`, `node20`. */
                language?: string;
                /** @description A version, its beginning, a range such as `>=3.8`, or `latest`; for C++, C and Rust also a standard such as `20`. */
                version?: string;
                /** @description The source code. Without it, the first of `files` is the main source. */
                code?: string;
                files?: {
                    /** @description Relative path, without `..`. */
                    path: string;
                    /** @description What is in the file. `{"blob": "SHA-256"}` stands for what is stored under it. */
                    content: string | {
                        /** @description SHA-256 of what `PUT /blobs/{sha256}` has stored. */
                        blob: string;
                    };
                    /**
                     * @description How `content` is encoded: `utf8` (the default), or `base64` for bytes that are not text.
                     * @enum {string}
                     */
                    encoding?: "utf8" | "base64";
                }[];
                /** @description Arguments after those of the protocol. */
                args?: string[];
                /** @description Seconds of CPU time of one run of this program. Default: 10. */
                time_limit?: number;
                /** @description Memory of one run of this program in MB (MiB). Default: 512. */
                memory_limit?: number;
                /** @description Protocol `icpc` only: how often the solution may be run for one test. Another pass follows when the program accepts and leaves `nextpass.in`. Default: 1. */
                validation_passes?: number;
            };
            /** @description A program that talks to the solution: its stdout is the stdin of the solution, and the other way round. */
            interactor?: {
                /**
                 * @description What the program is given and how its end is read. Default: `testlib`.
                 * @enum {string}
                 */
                protocol?: "testlib" | "icpc";
                /** @description Id or alias, ignoring case; a number after it chooses a standard or a version: `c++20`, `node20`. */
                language?: string;
                /** @description A version, its beginning, a range such as `>=3.8`, or `latest`; for C++, C and Rust also a standard such as `20`. */
                version?: string;
                /** @description The source code. Without it, the first of `files` is the main source. */
                code?: string;
                files?: {
                    /** @description Relative path, without `..`. */
                    path: string;
                    /** @description What is in the file. `{"blob": "SHA-256"}` stands for what is stored under it. */
                    content: string | {
                        /** @description SHA-256 of what `PUT /blobs/{sha256}` has stored. */
                        blob: string;
                    };
                    /**
                     * @description How `content` is encoded: `utf8` (the default), or `base64` for bytes that are not text.
                     * @enum {string}
                     */
                    encoding?: "utf8" | "base64";
                }[];
                /** @description Arguments after those of the protocol. */
                args?: string[];
                /** @description Seconds of CPU time of one run of this program. Default: 10. */
                time_limit?: number;
                /** @description Memory of one run of this program in MB (MiB). Default: 512. */
                memory_limit?: number;
                /** @description Protocol `icpc` only: how often the solution may be run for one test. Another pass follows when the program accepts and leaves `nextpass.in`. Default: 1. */
                validation_passes?: number;
            };
            /** @description Tests of the program, in a box of their own, where they import its modules. `language` is that of the program, or one with another framework, such as `pytest`. */
            unit_tests?: {
                /** @description Id or alias, ignoring case; a number after it chooses a standard or a version: `c++20`, `node20`. */
                language?: string;
                /** @description A version, its beginning, a range such as `>=3.8`, or `latest`; for C++, C and Rust also a standard such as `20`. */
                version?: string;
                /** @description The source code. Without it, the first of `files` is the main source. */
                code?: string;
                files?: {
                    /** @description Relative path, without `..`. */
                    path: string;
                    /** @description What is in the file. `{"blob": "SHA-256"}` stands for what is stored under it. */
                    content: string | {
                        /** @description SHA-256 of what `PUT /blobs/{sha256}` has stored. */
                        blob: string;
                    };
                    /**
                     * @description How `content` is encoded: `utf8` (the default), or `base64` for bytes that are not text.
                     * @enum {string}
                     */
                    encoding?: "utf8" | "base64";
                }[];
                /** @description Seconds of CPU time of one run of this program. Default: 10. */
                time_limit?: number;
                /** @description Memory of one run of this program in MB (MiB). Default: 512. */
                memory_limit?: number;
            };
            /** @description With an interactor: results of tests that are not hidden have what the two said. Default: false. */
            interaction?: boolean;
            /** @description Protocol `icpc` only: how often the solution may be run for one test. Another pass follows when the program accepts and leaves `nextpass.in`. Default: 1. */
            validation_passes?: number;
            /** @description Groups that tests name, scored together. */
            groups?: {
                /** @description Name of one of `groups`. */
                name: string;
                /** @description What the group is worth. Default: its number of tests. */
                points?: number;
                /**
                 * @description Of the scores of its tests: the least, the mean by their weights, or the most. Default: `min`.
                 * @enum {string}
                 */
                scoring?: "min" | "sum" | "max";
                /** @description Groups of which every test must be accepted; else this one is skipped. */
                depends_on?: string[];
                /** @description Skip the rest of the group after a test that scores 0. Default: true. */
                stop_on_failure?: boolean;
            }[];
            /** @description Skip the tests after a failed one. Default: false. */
            stop_on_failure?: boolean;
            /** @description Seconds of CPU time of one run. The wall-clock limit is twice that plus one second, at most `EXECUTION_TIMEOUT`; time in which the program was ready but had no processor does not count. */
            time_limit?: number;
            /** @description Memory of one run in MB (MiB): all its processes and files in memory together. */
            memory_limit?: number;
            /** @description Factors of the CPU time limit by language, such as `{"python": 3}`. No limit exceeds the largest `time_limit`. */
            time_multipliers?: {
                [key: string]: number;
            };
            /** @description Limit of each of stdout and stderr in KiB. */
            output_limit_kb?: number;
            user_id?: string;
            /**
             * @description Default: `normal`.
             * @enum {string}
             */
            priority?: "low" | "normal" | "high";
            /** @description Receives a signed POST when the execution has ended: http or https, to a public address. */
            webhook_url?: string;
        } & (unknown | {
            files: unknown[];
        });
        /** @description An execution at any stage. */
        Execution: {
            execution_id: string;
            /** @enum {string} */
            status: "queued" | "compiling" | "running" | "accepted" | "completed" | "partially_accepted" | "wrong_answer" | "compilation_error" | "runtime_error" | "time_limit_exceeded" | "memory_limit_exceeded" | "output_limit_exceeded" | "security_violation" | "checker_error" | "skipped" | "cancelled" | "internal_error";
            language: string;
            version: string;
            /** @description With `problem` in the request: `ID@VERSION`, which was run. */
            problem?: string;
            /** Totals */
            summary: {
                total: number;
                passed: number;
                failed: number;
                skipped: number;
                /** @description The tests' scores by their weights, divided by the weight of all tests, 0 to 1. */
                score: number;
            };
            /** @description With `groups` in the request: what each gained. */
            groups?: {
                name: string;
                /** @enum {string} */
                status: "queued" | "compiling" | "running" | "accepted" | "completed" | "partially_accepted" | "wrong_answer" | "compilation_error" | "runtime_error" | "time_limit_exceeded" | "memory_limit_exceeded" | "output_limit_exceeded" | "security_violation" | "checker_error" | "skipped" | "cancelled" | "internal_error";
                /** @description In points. */
                score: number;
                points: number;
            }[];
            /** @description Milliseconds. */
            cpu_time_ms: number;
            /** @description Milliseconds. */
            wall_time_ms: number;
            /** @description KiB. */
            memory_kb: number;
            /** @description From the request to the first slot; `null` until it has ended. */
            queue_time_ms: number | null;
            /** @description From the request to the end; `null` until it has ended. */
            total_time_ms: number | null;
            /** @description `null` until it has ended. */
            sandbox: string | null;
            warnings: string[];
            created_at: string;
            /** @description `null` until it has ended. */
            finished_at: string | null;
            user_id: string | null;
            batch_id: string | null;
            /** @description Times that it was begun. More than one if the service was interrupted. */
            attempts: number;
            /** @description Why the service could not run it, with the status `internal_error`. */
            message: string | null;
            compile: {
                /** @enum {string} */
                status: "completed" | "compilation_error";
                exit_code: number | null;
                signal: string | null;
                stdout: string;
                stderr: string;
                /** @description What the compiler wrote to stdout and then to stderr; `message` if it wrote nothing. Show this to people. */
                output: string;
                /** @description Milliseconds. */
                cpu_time_ms: number;
                /** @description Milliseconds. */
                wall_time_ms: number;
                /** @description KiB. */
                memory_kb: number;
                cached: boolean;
                message: string | null;
            } | null;
            /** @description Of the tests that are known so far, in their order; all when it has ended. */
            results: {
                index: number;
                name: string | null;
                /** @enum {string} */
                status: "queued" | "compiling" | "running" | "accepted" | "completed" | "partially_accepted" | "wrong_answer" | "compilation_error" | "runtime_error" | "time_limit_exceeded" | "memory_limit_exceeded" | "output_limit_exceeded" | "security_violation" | "checker_error" | "skipped" | "cancelled" | "internal_error";
                /**
                 * @description With `time_limit_exceeded`: which limit.
                 * @enum {string}
                 */
                limit?: "cpu" | "wall";
                passed: boolean;
                /** @description 1 if it passed, else 0, or between if a checker program gave a part of the points. */
                score: number;
                is_hidden: boolean;
                /** @description As in the request; the first 65536 bytes of it, or all with `include=input`. */
                input: string | null;
                input_truncated: boolean;
                expected_output: string | null;
                stdout: string | null;
                stderr: string | null;
                exit_code: number | null;
                signal: string | null;
                /** @description Milliseconds. */
                cpu_time_ms: number;
                /** @description Milliseconds. */
                wall_time_ms: number;
                /** @description KiB. */
                memory_kb: number;
                stdout_truncated: boolean;
                stderr_truncated: boolean;
                message: string | null;
                /** @description With `output_files` in the request: what matched, unless the test is hidden. */
                output_files?: {
                    path: string;
                    content: string;
                    /** @enum {string} */
                    encoding: "base64";
                    mime_type: string;
                }[];
                /** @description With `interaction`: what the two said, at most 64 KiB. */
                interaction?: {
                    /** @enum {string} */
                    from: "program" | "interactor";
                    text: string;
                    /** @description Milliseconds. */
                    at_ms: number;
                }[];
                /** @description What a checker program of the protocol `icpc` has to say to the author of the problem. */
                judge_message?: string;
            }[];
            /** @description Parts of `total_time_ms`. */
            timings: {
                /** @description Time of the validation, before the wait for a slot; `null` if validation is off. */
                validation_ms: number | null;
            };
            /** @description With `include=analysis`: the findings of validation and figures for each file. */
            analysis?: {
                findings: {
                    rule: string;
                    /** @enum {string} */
                    severity: "error" | "warning";
                    message: string;
                    file: string;
                    line: number;
                    column: number;
                    snippet: string;
                }[];
                files: {
                    file: string;
                    characters: number;
                    lines: number;
                    longest_line: number;
                    /** @description Words and signs, including those in comments and strings. */
                    tokens: number;
                    functions: number;
                    /** @description Depth of nested functions, classes, branches and loops. */
                    nesting: number;
                    /** @description Cyclomatic complexity of the whole file. */
                    complexity: number;
                    /** @description Cyclomatic complexity of the most complex function. */
                    function_complexity: number;
                }[];
            };
            /** @description While it is `queued`: stored executions that wait beside it. Turns are shared fairly, so later ones may go first. */
            others_waiting?: number;
            webhook: {
                url: string;
                /**
                 * @description `waiting` until the execution has ended, `pending` while deliveries are tried.
                 * @enum {string}
                 */
                status: "waiting" | "pending" | "delivered" | "failed";
                /** @description The last ones, the oldest first. */
                deliveries: {
                    attempt: number;
                    at: string;
                    /** @description HTTP status of the answer; `null` if none came. */
                    status: number | null;
                    duration_ms: number;
                    error: string | null;
                }[];
            } | null;
        };
        /** @description An execution without its compile and results. */
        ExecutionSummary: {
            execution_id: string;
            /** @enum {string} */
            status: "queued" | "compiling" | "running" | "accepted" | "completed" | "partially_accepted" | "wrong_answer" | "compilation_error" | "runtime_error" | "time_limit_exceeded" | "memory_limit_exceeded" | "output_limit_exceeded" | "security_violation" | "checker_error" | "skipped" | "cancelled" | "internal_error";
            language: string;
            version: string;
            /** @description With `problem` in the request: `ID@VERSION`, which was run. */
            problem?: string;
            /** Totals */
            summary: {
                total: number;
                passed: number;
                failed: number;
                skipped: number;
                /** @description The tests' scores by their weights, divided by the weight of all tests, 0 to 1. */
                score: number;
            };
            /** @description With `groups` in the request: what each gained. */
            groups?: {
                name: string;
                /** @enum {string} */
                status: "queued" | "compiling" | "running" | "accepted" | "completed" | "partially_accepted" | "wrong_answer" | "compilation_error" | "runtime_error" | "time_limit_exceeded" | "memory_limit_exceeded" | "output_limit_exceeded" | "security_violation" | "checker_error" | "skipped" | "cancelled" | "internal_error";
                /** @description In points. */
                score: number;
                points: number;
            }[];
            /** @description Milliseconds. */
            cpu_time_ms: number;
            /** @description Milliseconds. */
            wall_time_ms: number;
            /** @description KiB. */
            memory_kb: number;
            /** @description From the request to the first slot; `null` until it has ended. */
            queue_time_ms: number | null;
            /** @description From the request to the end; `null` until it has ended. */
            total_time_ms: number | null;
            /** @description `null` until it has ended. */
            sandbox: string | null;
            warnings: string[];
            created_at: string;
            /** @description `null` until it has ended. */
            finished_at: string | null;
            user_id: string | null;
            batch_id: string | null;
            /** @description Times that it was begun. More than one if the service was interrupted. */
            attempts: number;
            /** @description Why the service could not run it, with the status `internal_error`. */
            message: string | null;
        };
        ExecutionPage: {
            executions: components["schemas"]["ExecutionSummary"][];
            /** @description For the next page; `null` on the last one. */
            next_cursor: string | null;
        };
        BatchRequest: {
            /** @description Each is a `SubmitRequest`, and succeeds or fails alone. */
            executions: (components["schemas"]["SubmitRequest"] | unknown)[];
        };
        BatchAnswer: {
            batch_id: string;
            /** @description In the order of the request: the id of each, or why it was rejected. */
            executions: {
                execution_id?: string;
                status?: string;
                error?: components["schemas"]["Problem"];
            }[];
        };
        Language: {
            id: string;
            name: string;
            /** @description The version that a request gets which names none, `null` while there is none. */
            version: string | null;
            /** @description All versions, the newest first. */
            versions: string[];
            aliases: string[];
            compiled: boolean;
            /** @description Options that a request may add to the compiler: families of them have a name in capitals. */
            compile_options: string[];
            /** @description What `unit_tests` of its programs may be written in, its own first; empty if there are none. */
            unit_tests: {
                /** @description What `unit_tests.language` names. */
                language: string;
                /** @description `unittest`, `pytest` or `node:test`. */
                framework: string;
            }[];
            /** @description Whether there are rules for its code, so that it can be validated before it runs. */
            validated: boolean;
            /** @description With the dot. */
            file_extension: string;
            /** @enum {string} */
            status: "ready" | "installing" | "missing";
            /** @description How far a language is that is being installed from packages. */
            installation?: {
                /** @description Languages are installed one after the other: this one is step `step` of `steps`. */
                step: number;
                steps: number;
                /** @description What is being done, or what is waited for. */
                doing: string;
                /** @description MB on the disk when it is done; `null` when that is not known. */
                megabytes: number | null;
                /** @description When this step began or, while it waits, when the first one did. */
                since: string;
            };
            /** @description A whole program that runs as it is. */
            example: string;
            /** @description Programs to begin with; the first one reads input and has tests. */
            examples: {
                title: string;
                /** @description Name of the source file. */
                file: string;
                code: string;
                test_cases: {
                    name?: string;
                    /** @description A hidden test returns its verdict, times and memory, but no texts. Default: false. */
                    is_hidden?: boolean;
                    /** @description Share of the score. Default: 1. */
                    weight?: number;
                    input?: string;
                    expected_output?: string;
                }[];
            }[];
            default_limits: {
                /** @description Seconds. */
                time_limit: number;
                /** @description MB. */
                memory_limit: number;
                output_limit_kb: number;
            };
            /** @description MB that the runtime itself may use on top of `memory_limit`. */
            memory_allowance_mb: number;
        };
        HealthReport: {
            /** @enum {string} */
            status: "healthy" | "degraded" | "unhealthy";
            version: string;
            uptime_s: number;
            checks: {
                sandbox: {
                    /** @enum {string} */
                    status: "healthy" | "degraded" | "unhealthy";
                    detail: string;
                    /** @description How long the check took. */
                    latency_ms: number;
                };
                docker: {
                    /** @enum {string} */
                    status: "healthy" | "degraded" | "unhealthy";
                    detail: string;
                    /** @description How long the check took. */
                    latency_ms: number;
                };
                redis: {
                    /** @enum {string} */
                    status: "healthy" | "degraded" | "unhealthy";
                    detail: string;
                    /** @description How long the check took. */
                    latency_ms: number;
                };
                queue: {
                    /** @enum {string} */
                    status: "healthy" | "degraded" | "unhealthy";
                    detail: string;
                    /** @description How long the check took. */
                    latency_ms: number;
                };
                disk: {
                    /** @enum {string} */
                    status: "healthy" | "degraded" | "unhealthy";
                    detail: string;
                    /** @description How long the check took. */
                    latency_ms: number;
                };
                toolchains: {
                    /** @enum {string} */
                    status: "healthy" | "degraded" | "unhealthy";
                    detail: string;
                    /** @description How long the check took. */
                    latency_ms: number;
                };
                webhooks: {
                    /** @enum {string} */
                    status: "healthy" | "degraded" | "unhealthy";
                    detail: string;
                    /** @description How long the check took. */
                    latency_ms: number;
                };
            };
        };
        MetricsReport: {
            /** @description The requested hours. */
            hours: number;
            /** @description Start of the window: the step in which its first hour began. */
            from: string;
            /** @description Time of this answer. */
            to: string;
            totals: {
                /** @description Executions that ended, whatever their status. */
                executions: number;
                /** @description Executions that ended as `accepted` or `completed`. */
                accepted: number;
                /** @description Executions that ended in any other way; `accepted` and `failed` add up to `executions`. */
                failed: number;
                /** @description Rejected requests, which are not executions. */
                rejected: number;
            };
            /** @description Accepted executions divided by all executions; 0 if there were none. */
            success_rate: number;
            /** @description By language id; only languages that were requested. */
            by_language: {
                [key: string]: {
                    /** @description Executions that ended, whatever their status. */
                    executions: number;
                    /** @description Executions that ended as `accepted` or `completed`. */
                    accepted: number;
                    /** @description Executions that ended in any other way; `accepted` and `failed` add up to `executions`. */
                    failed: number;
                    /** @description Rejected requests, which are not executions. */
                    rejected: number;
                    /** @description Accepted executions divided by all executions; 0 if there were none. */
                    success_rate: number;
                    /** @description Mean of `execution_time_ms`. */
                    mean_execution_time_ms: number;
                    /** @description 95th percentile of `execution_time_ms`. */
                    p95_execution_time_ms: number;
                    /** @description Executions by status; only statuses that occurred. */
                    by_status: {
                        [key: string]: number;
                    };
                };
            };
            /** @description Executions by status; only statuses that occurred. */
            by_status: {
                [key: string]: number;
            };
            /** @description From the first slot to the end: compiling, all runs and comparing, without the wait for a slot. */
            execution_time_ms: {
                /** @description Number of measurements. */
                count: number;
                /** @description In milliseconds. All figures are 0 if nothing was measured. */
                mean: number;
                /** @description In milliseconds; like all percentiles, within 2.5 % of the exact value. */
                p50: number;
                /** @description In milliseconds. */
                p95: number;
                /** @description In milliseconds. */
                p99: number;
                histogram: {
                    /** @description Upper bound in milliseconds; `null` means none. */
                    le: number | null;
                    /** @description Measurements up to this bound, including those of earlier entries. */
                    count: number;
                }[];
            };
            /** @description The largest of the runs of an execution. */
            memory_kb: {
                /** @description Number of measurements. */
                count: number;
                /** @description In KiB. All figures are 0 if nothing was measured. */
                mean: number;
                /** @description In KiB; like all percentiles, within 2.5 % of the exact value. */
                p50: number;
                /** @description In KiB. */
                p95: number;
                /** @description In KiB. */
                p99: number;
                histogram: {
                    /** @description Upper bound in KiB; `null` means none. */
                    le: number | null;
                    /** @description Measurements up to this bound, including those of earlier entries. */
                    count: number;
                }[];
            };
            /** @description Length of the steps of `series` in seconds. */
            bucket_s: number;
            /** @description Every step of the window, the oldest first. */
            series: {
                /** @description Start of the step. */
                bucket: string;
                /** @description Executions that ended in this step. */
                executions: number;
                /** @description Executions among them that failed. */
                failures: number;
                /** @description 50 % of the executions of this step took at most this long; `null` if there were none. */
                p50_ms: number | null;
                /** @description 95 % of the executions of this step took at most this long; `null` if there were none. */
                p95_ms: number | null;
                /** @description 99 % of the executions of this step took at most this long; `null` if there were none. */
                p99_ms: number | null;
            }[];
            queue: {
                /** @description Executions of this process that are waiting or running. */
                active: number;
                /** @description Most executions that may wait or run. */
                capacity: number;
                /** @description From the request to the first slot. */
                wait_ms: {
                    /** @description Number of measurements. */
                    count: number;
                    /** @description In milliseconds. All figures are 0 if nothing was measured. */
                    mean: number;
                    /** @description In milliseconds; like all percentiles, within 2.5 % of the exact value. */
                    p50: number;
                    /** @description In milliseconds. */
                    p95: number;
                    /** @description In milliseconds. */
                    p99: number;
                    histogram: {
                        /** @description Upper bound in milliseconds; `null` means none. */
                        le: number | null;
                        /** @description Measurements up to this bound, including those of earlier entries. */
                        count: number;
                    }[];
                };
            };
            /** @description Of this process; `null` if it keeps no containers ready. */
            pool: {
                /** @description Containers that are ready. */
                idle: number;
                /** @description Submissions that found one ready, since the start of this process. */
                hits: number;
                /** @description Submissions that had to wait for one. */
                misses: number;
            } | null;
            /** @description The live processes that run programs, as they are now. */
            workers: {
                host: string;
                /** @description Of the service. */
                version: string;
                sandbox: string;
                /** @description Programs that it may run at the same time. */
                slots: number;
                /** @description What runs there now: programs, or in a fleet executions. */
                running: number;
                /** @description What it can run, with versions. */
                languages: string[];
                /** @description What it will be able to run. */
                installing: string[];
            }[];
            /** @description Distinct users with requests; above a thousand, accurate to about 1 %. */
            active_users: number;
        };
        UserMetricsReport: {
            user_id: string;
            /** @description End of the last execution, even if before the window. */
            last_execution_at: string | null;
            /** @description The requested hours. */
            hours: number;
            /** @description Start of the window: the step in which its first hour began. */
            from: string;
            /** @description Time of this answer. */
            to: string;
            totals: {
                /** @description Executions that ended, whatever their status. */
                executions: number;
                /** @description Executions that ended as `accepted` or `completed`. */
                accepted: number;
                /** @description Executions that ended in any other way; `accepted` and `failed` add up to `executions`. */
                failed: number;
                /** @description Rejected requests, which are not executions. */
                rejected: number;
            };
            /** @description Accepted executions divided by all executions; 0 if there were none. */
            success_rate: number;
            /** @description By language id; only languages that were requested. */
            by_language: {
                [key: string]: {
                    /** @description Executions that ended, whatever their status. */
                    executions: number;
                    /** @description Executions that ended as `accepted` or `completed`. */
                    accepted: number;
                    /** @description Executions that ended in any other way; `accepted` and `failed` add up to `executions`. */
                    failed: number;
                    /** @description Rejected requests, which are not executions. */
                    rejected: number;
                    /** @description Accepted executions divided by all executions; 0 if there were none. */
                    success_rate: number;
                    /** @description Mean of `execution_time_ms`. */
                    mean_execution_time_ms: number;
                    /** @description 95th percentile of `execution_time_ms`. */
                    p95_execution_time_ms: number;
                    /** @description Executions by status; only statuses that occurred. */
                    by_status: {
                        [key: string]: number;
                    };
                };
            };
            /** @description Executions by status; only statuses that occurred. */
            by_status: {
                [key: string]: number;
            };
            /** @description From the first slot to the end: compiling, all runs and comparing, without the wait for a slot. */
            execution_time_ms: {
                /** @description Number of measurements. */
                count: number;
                /** @description In milliseconds. All figures are 0 if nothing was measured. */
                mean: number;
                /** @description In milliseconds; like all percentiles, within 2.5 % of the exact value. */
                p50: number;
                /** @description In milliseconds. */
                p95: number;
                /** @description In milliseconds. */
                p99: number;
                histogram: {
                    /** @description Upper bound in milliseconds; `null` means none. */
                    le: number | null;
                    /** @description Measurements up to this bound, including those of earlier entries. */
                    count: number;
                }[];
            };
            /** @description The largest of the runs of an execution. */
            memory_kb: {
                /** @description Number of measurements. */
                count: number;
                /** @description In KiB. All figures are 0 if nothing was measured. */
                mean: number;
                /** @description In KiB; like all percentiles, within 2.5 % of the exact value. */
                p50: number;
                /** @description In KiB. */
                p95: number;
                /** @description In KiB. */
                p99: number;
                histogram: {
                    /** @description Upper bound in KiB; `null` means none. */
                    le: number | null;
                    /** @description Measurements up to this bound, including those of earlier entries. */
                    count: number;
                }[];
            };
            /** @description Length of the steps of `series` in seconds. */
            bucket_s: number;
            /** @description Every step of the window, the oldest first. */
            series: {
                /** @description Start of the step. */
                bucket: string;
                /** @description Executions that ended in this step. */
                executions: number;
                /** @description Executions among them that failed. */
                failures: number;
                /** @description 50 % of the executions of this step took at most this long; `null` if there were none. */
                p50_ms: number | null;
                /** @description 95 % of the executions of this step took at most this long; `null` if there were none. */
                p95_ms: number | null;
                /** @description 99 % of the executions of this step took at most this long; `null` if there were none. */
                p99_ms: number | null;
            }[];
            queue: {
                /** @description From the request to the first slot. */
                wait_ms: {
                    /** @description Number of measurements. */
                    count: number;
                    /** @description In milliseconds. All figures are 0 if nothing was measured. */
                    mean: number;
                    /** @description In milliseconds; like all percentiles, within 2.5 % of the exact value. */
                    p50: number;
                    /** @description In milliseconds. */
                    p95: number;
                    /** @description In milliseconds. */
                    p99: number;
                    histogram: {
                        /** @description Upper bound in milliseconds; `null` means none. */
                        le: number | null;
                        /** @description Measurements up to this bound, including those of earlier entries. */
                        count: number;
                    }[];
                };
            };
        };
        TopUsersReport: {
            /** @description The requested hours. */
            hours: number;
            /** @description Start of the window. */
            from: string;
            /** @description Time of this answer. */
            to: string;
            /** @description The users with the most executions, the most first. */
            users: {
                user_id: string;
                /** @description Executions in whole hours. */
                executions: number;
                /** @description Of all executions of these hours. */
                share: number;
                /** @description End of the last execution. */
                last_execution_at: string | null;
            }[];
        };
        FailuresReport: {
            /** @description The requested hours. */
            hours: number;
            /** @description Start of the window. */
            from: string;
            /** @description Time of this answer. */
            to: string;
            /** @description The latest first. The last hundred are kept. */
            failures: {
                at: string;
                /** @description As in the answer and in the log. */
                request_id: string;
                execution_id: string;
                language: string;
                /** @description The API that it came through. */
                api: string;
                /** @description Of the error answer; `internal_error` for that verdict. */
                code: string;
            }[];
        };
        /** @description One entry a language. */
        ImageInstallations: {
            images: {
                language: string;
                /** @description The image that serves the language. */
                image: string;
                /** @enum {string} */
                status: "waiting" | "pulling" | "building" | "ready" | "failed";
                /** @description The latest message, or what went wrong. */
                message: string | null;
                progress: {
                    current_bytes: number;
                    total_bytes: number;
                } | null;
                started_at: string | null;
                finished_at: string | null;
            }[];
        };
        CleanUpResult: {
            removed: {
                containers: number;
                workspaces: number;
                cached_artifacts: number;
                expired_results: number;
                /** @description Of no problem, and not used for a day. */
                unused_blobs: number;
            };
            /** @description Of memory and disk together. */
            freed_bytes: number;
        };
        PullImagesRequest: {
            /** @description Ids or aliases. If they are not given, the one image with all languages is installed. */
            languages?: string[];
        };
        Redelivery: {
            execution_id: string;
            /**
             * @description That of `webhook` in the execution, which shows what comes of it.
             * @enum {string}
             */
            status: "pending";
        };
        /** @description Everything of a request to execute but the code, its language and who sends it. */
        ProblemDefinition: {
            /** @description For people. */
            name?: string;
            /** @description Of a problem, a test is hidden unless `is_hidden` is false. */
            test_cases: {
                name?: string;
                /** @description Input of the program on stdin. Default: empty. `{"blob": "SHA-256"}` stands for what is stored under it. */
                input?: string | {
                    /** @description SHA-256 of what `PUT /blobs/{sha256}` has stored. */
                    blob: string;
                };
                /** @description Without it, the test passes if the program exits with 0. `{"blob": "SHA-256"}` stands for what is stored under it. */
                expected_output?: string | {
                    /** @description SHA-256 of what `PUT /blobs/{sha256}` has stored. */
                    blob: string;
                };
                /**
                 * @description How `input` and `expected_output` are encoded: `utf8` (the default), or `base64` for bytes that are not text.
                 * @enum {string}
                 */
                encoding?: "utf8" | "base64";
                /** @description With `unit_tests`: the test function that this test runs, as `test_add`, `TestStack::test_pop` or `stack > pops`. */
                unit_test?: string;
                /** @description A hidden test returns its verdict, times and memory, but no texts. Default: false. */
                is_hidden?: boolean;
                /** @description Share of the score. Default: 1. */
                weight?: number;
                /** @description Arguments of the program, at most 131072 bytes in total. */
                args?: string[];
                /** @description Seconds of CPU time of one run. The wall-clock limit is twice that plus one second, at most `EXECUTION_TIMEOUT`; time in which the program was ready but had no processor does not count. */
                time_limit?: number;
                /** @description Memory of one run in MB (MiB): all its processes and files in memory together. */
                memory_limit?: number;
                /** @description Name of one of `groups`. */
                group?: string;
                /** @description Arguments of the checker program or the interactor for this test, after all others. */
                checker_args?: string[];
            }[];
            /** @description How output is compared with the expected output. */
            checker?: {
                /** @enum {string} */
                type: "exact" | "trim" | "tokens" | "float" | "unordered_lines" | "case_insensitive" | "lines" | "program";
                /** @description `float` only: allowed absolute error; 0.000001 if neither is given. */
                absolute?: number;
                /** @description `float` only: allowed relative error; 0.000001 if neither is given. */
                relative?: number;
                /** @description `false` makes ASCII letters of both cases the same in `trim`, `tokens`, `float`, `unordered_lines` and `lines`. Default: true. */
                case_sensitive?: boolean;
                /** @description `true` makes white space in `tokens` and `float` count, byte for byte. Default: false. */
                space_change_sensitive?: boolean;
                /**
                 * @description What the program is given and how its end is read. Default: `testlib`.
                 * @enum {string}
                 */
                protocol?: "testlib" | "icpc";
                /** @description Id or alias, ignoring case; a number after it chooses a standard or a version: `c++20`, `node20`. */
                language?: string;
                /** @description A version, its beginning, a range such as `>=3.8`, or `latest`; for C++, C and Rust also a standard such as `20`. */
                version?: string;
                /** @description The source code. Without it, the first of `files` is the main source. */
                code?: string;
                files?: {
                    /** @description Relative path, without `..`. */
                    path: string;
                    /** @description What is in the file. `{"blob": "SHA-256"}` stands for what is stored under it. */
                    content: string | {
                        /** @description SHA-256 of what `PUT /blobs/{sha256}` has stored. */
                        blob: string;
                    };
                    /**
                     * @description How `content` is encoded: `utf8` (the default), or `base64` for bytes that are not text.
                     * @enum {string}
                     */
                    encoding?: "utf8" | "base64";
                }[];
                /** @description Arguments after those of the protocol. */
                args?: string[];
                /** @description Seconds of CPU time of one run of this program. Default: 10. */
                time_limit?: number;
                /** @description Memory of one run of this program in MB (MiB). Default: 512. */
                memory_limit?: number;
                /** @description Protocol `icpc` only: how often the solution may be run for one test. Another pass follows when the program accepts and leaves `nextpass.in`. Default: 1. */
                validation_passes?: number;
            };
            /** @description A program that talks to the solution: its stdout is the stdin of the solution, and the other way round. */
            interactor?: {
                /**
                 * @description What the program is given and how its end is read. Default: `testlib`.
                 * @enum {string}
                 */
                protocol?: "testlib" | "icpc";
                /** @description Id or alias, ignoring case; a number after it chooses a standard or a version: `c++20`, `node20`. */
                language?: string;
                /** @description A version, its beginning, a range such as `>=3.8`, or `latest`; for C++, C and Rust also a standard such as `20`. */
                version?: string;
                /** @description The source code. Without it, the first of `files` is the main source. */
                code?: string;
                files?: {
                    /** @description Relative path, without `..`. */
                    path: string;
                    /** @description What is in the file. `{"blob": "SHA-256"}` stands for what is stored under it. */
                    content: string | {
                        /** @description SHA-256 of what `PUT /blobs/{sha256}` has stored. */
                        blob: string;
                    };
                    /**
                     * @description How `content` is encoded: `utf8` (the default), or `base64` for bytes that are not text.
                     * @enum {string}
                     */
                    encoding?: "utf8" | "base64";
                }[];
                /** @description Arguments after those of the protocol. */
                args?: string[];
                /** @description Seconds of CPU time of one run of this program. Default: 10. */
                time_limit?: number;
                /** @description Memory of one run of this program in MB (MiB). Default: 512. */
                memory_limit?: number;
                /** @description Protocol `icpc` only: how often the solution may be run for one test. Another pass follows when the program accepts and leaves `nextpass.in`. Default: 1. */
                validation_passes?: number;
            };
            /** @description Protocol `icpc` only: how often the solution may be run for one test. Another pass follows when the program accepts and leaves `nextpass.in`. Default: 1. */
            validation_passes?: number;
            /** @description Tests of the program, in a box of their own, where they import its modules. `language` is that of the program, or one with another framework, such as `pytest`. */
            unit_tests?: {
                /** @description Id or alias, ignoring case; a number after it chooses a standard or a version: `c++20`, `node20`. */
                language?: string;
                /** @description A version, its beginning, a range such as `>=3.8`, or `latest`; for C++, C and Rust also a standard such as `20`. */
                version?: string;
                /** @description The source code. Without it, the first of `files` is the main source. */
                code?: string;
                files?: {
                    /** @description Relative path, without `..`. */
                    path: string;
                    /** @description What is in the file. `{"blob": "SHA-256"}` stands for what is stored under it. */
                    content: string | {
                        /** @description SHA-256 of what `PUT /blobs/{sha256}` has stored. */
                        blob: string;
                    };
                    /**
                     * @description How `content` is encoded: `utf8` (the default), or `base64` for bytes that are not text.
                     * @enum {string}
                     */
                    encoding?: "utf8" | "base64";
                }[];
                /** @description Seconds of CPU time of one run of this program. Default: 10. */
                time_limit?: number;
                /** @description Memory of one run of this program in MB (MiB). Default: 512. */
                memory_limit?: number;
            };
            /** @description Groups that tests name, scored together. */
            groups?: {
                /** @description Name of one of `groups`. */
                name: string;
                /** @description What the group is worth. Default: its number of tests. */
                points?: number;
                /**
                 * @description Of the scores of its tests: the least, the mean by their weights, or the most. Default: `min`.
                 * @enum {string}
                 */
                scoring?: "min" | "sum" | "max";
                /** @description Groups of which every test must be accepted; else this one is skipped. */
                depends_on?: string[];
                /** @description Skip the rest of the group after a test that scores 0. Default: true. */
                stop_on_failure?: boolean;
            }[];
            /** @description Skip the tests after a failed one. Default: false. */
            stop_on_failure?: boolean;
            /** @description Seconds of CPU time of one run. The wall-clock limit is twice that plus one second, at most `EXECUTION_TIMEOUT`; time in which the program was ready but had no processor does not count. */
            time_limit?: number;
            /** @description Memory of one run in MB (MiB): all its processes and files in memory together. */
            memory_limit?: number;
            /** @description Limit of each of stdout and stderr in KiB. */
            output_limit_kb?: number;
            /** @description Factors of the CPU time limit by language, such as `{"python": 3}`. No limit exceeds the largest `time_limit`. */
            time_multipliers?: {
                [key: string]: number;
            };
            /** @description Arguments of the program, at most 131072 bytes in total. */
            args?: string[];
            /** @description Files beside those of every submission, such as a harness. */
            files?: {
                /** @description Relative path, without `..`. */
                path: string;
                /** @description What is in the file. `{"blob": "SHA-256"}` stands for what is stored under it. */
                content: string | {
                    /** @description SHA-256 of what `PUT /blobs/{sha256}` has stored. */
                    blob: string;
                };
                /**
                 * @description How `content` is encoded: `utf8` (the default), or `base64` for bytes that are not text.
                 * @enum {string}
                 */
                encoding?: "utf8" | "base64";
            }[];
            /** @description Files beside those of submissions in one language, by its id, or in every language, by `default`. A file takes the place of one of the submission with the same path, and one called `main` or `Main` is started. */
            language_files?: {
                [key: string]: {
                    /** @description Relative path, without `..`. */
                    path: string;
                    /** @description What is in the file. `{"blob": "SHA-256"}` stands for what is stored under it. */
                    content: string | {
                        /** @description SHA-256 of what `PUT /blobs/{sha256}` has stored. */
                        blob: string;
                    };
                    /**
                     * @description How `content` is encoded: `utf8` (the default), or `base64` for bytes that are not text.
                     * @enum {string}
                     */
                    encoding?: "utf8" | "base64";
                }[];
            };
            /** @description Path of the file that is started: one of `files`, or the main source, which is the default. */
            entry?: string;
            /** @description Options for the compiler, each one of those that `GET /languages` lists for the language. */
            compile_options?: string[];
            /** @description Patterns of files of the work directory that results have, such as `*.png` or `plots/**`: at most 16 files of 1 MiB, 4 MiB together. */
            output_files?: string[];
        };
        ProblemSummary: {
            id: string;
            /** @description Stands for exactly this content: the same content has the same version. */
            version: string;
            name: string | null;
            tests: number;
            /** @description When this version became the latest. */
            created_at: string;
        };
        /** @description A problem with its definition, as its owner sees it. */
        KeptProblem: {
            id: string;
            /** @description Stands for exactly this content: the same content has the same version. */
            version: string;
            name: string | null;
            tests: number;
            /** @description When this version became the latest. */
            created_at: string;
            /** @description The latest first, at most 20. */
            versions: {
                /** @description Stands for exactly this content: the same content has the same version. */
                version: string;
                /** @description When this version became the latest. */
                created_at: string;
            }[];
            definition: components["schemas"]["ProblemDefinition"];
        };
        ProblemPage: {
            problems: components["schemas"]["ProblemSummary"][];
            /** @description For the next page; `null` on the last one. */
            next_cursor: string | null;
        };
        /** @description What a package was read as, and how its submissions were judged. */
        PackageReport: {
            id: string | null;
            /** @description `null` if nothing is kept. */
            version: string | null;
            name: string | null;
            tests: number;
            created_at: string | null;
            /** @description In seconds. A package without one gets it from its accepted submissions. */
            time_limit: number;
            /** @description No submission has another status than expected. */
            agrees: boolean;
            submissions: components["schemas"]["SubmissionReport"][];
            warnings: string[];
        };
        SubmissionReport: {
            /** @description In the package. */
            path: string;
            language: string;
            /** @description The name of its directory, or what its source says. */
            expected: string;
            /** @description `null` if it was not run. */
            status: string | null;
            /** @description Whether the status is as expected; `null` if it was not run, or the service failed. */
            agrees: boolean | null;
            score: number | null;
            /** @description The most that a test took. */
            cpu_time_ms: number | null;
            /** @description The first test that failed, or why it was not run. */
            message: string | null;
        };
        /**
         * @description Problem details as in RFC 9457.
         * @example {
         *       "type": "urn:code-execution-service:problem:invalid_request",
         *       "title": "The request is not valid",
         *       "status": 400,
         *       "detail": "time_limit must be between 1 and 30 seconds, got 0",
         *       "code": "invalid_request",
         *       "request_id": "01JDCQ3V5W8K2T4N6P8R0S2T4V",
         *       "errors": [
         *         {
         *           "path": "time_limit",
         *           "message": "time_limit must be between 1 and 30 seconds, got 0"
         *         }
         *       ]
         *     }
         */
        Problem: {
            /** @description Identifies the kind of problem. */
            type: string;
            title: string;
            status: number;
            /** @description What is wrong: the field, the value and what is allowed. */
            detail: string;
            /** @enum {string} */
            code: "invalid_request" | "unauthorized" | "forbidden" | "not_found" | "method_not_allowed" | "conflict" | "too_large" | "unsupported_media_type" | "unsupported_language" | "unsupported_version" | "code_rejected" | "rate_limited" | "queue_full" | "internal_error" | "unavailable" | "shutting_down";
            /** @description Also in the header `X-Request-Id`. */
            request_id: string;
            /** @description Each field that is wrong. */
            errors?: {
                path: string;
                message: string;
            }[];
            /** @description With `code_rejected`: each place in the code that a rule is about. */
            findings?: {
                rule: string;
                /** @enum {string} */
                severity: "error" | "warning";
                message: string;
                file: string;
                line: number;
                column: number;
                snippet: string;
            }[];
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    execute: {
        parameters: {
            query?: {
                /** @description How the answer writes what the program and the compiler wrote; `utf8` when it is not given. */
                encoding?: "utf8" | "base64";
                /** @description `analysis` adds what was seen in the code: findings and figures of its complexity. `input` shows all of each test's input, which is cut otherwise. */
                include?: "analysis" | "input" | "analysis,input" | "input,analysis";
                /** @description `true` adds `output` events, with what the program writes while it runs. */
                output?: "true" | "false";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ExecuteRequest"];
            };
        };
        responses: {
            /** @description The program was run, or did not compile: `status` says how it went. With `Accept: text/event-stream`, events as of a stored execution, of which `done` has the result. */
            200: {
                headers: {
                    /** @description What the nearest limit allows in its window. */
                    "RateLimit-Limit"?: number;
                    /** @description What is left of it. */
                    "RateLimit-Remaining"?: number;
                    /** @description Seconds until its window ends. */
                    "RateLimit-Reset"?: number;
                    /** @description All limits, as `"name";q=QUOTA;w=SECONDS`. */
                    "RateLimit-Policy"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ExecutionResult"];
                    "text/event-stream": unknown;
                };
            };
            /** @description `invalid_request`: The request is not valid. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: An API key is required. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The API key does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_large`: The request is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: The body must be application/json. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_language`: The language is not supported. `unsupported_version`: The version of the language is not supported. `code_rejected`: The code was rejected. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: Too many requests. `queue_full`: The queue is full. */
            429: {
                headers: {
                    /** @description Seconds until another try makes sense. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Internal error. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: The service is unavailable. `shutting_down`: The service is shutting down. */
            503: {
                headers: {
                    /** @description Seconds until another try makes sense. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listExecutions: {
        parameters: {
            query?: {
                user_id?: string;
                batch_id?: string;
                status?: "queued" | "compiling" | "running" | "accepted" | "completed" | "partially_accepted" | "wrong_answer" | "compilation_error" | "runtime_error" | "time_limit_exceeded" | "memory_limit_exceeded" | "output_limit_exceeded" | "security_violation" | "checker_error" | "skipped" | "cancelled" | "internal_error";
                /** @description Executions on a page; 20 if it is not given. */
                limit?: number;
                /** @description The `next_cursor` of a page, for the one after it. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of executions. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ExecutionPage"];
                };
            };
            /** @description `invalid_request`: The request is not valid. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: An API key is required. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The API key does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: Too many requests. `queue_full`: The queue is full. */
            429: {
                headers: {
                    /** @description Seconds until another try makes sense. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Internal error. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: The service is unavailable. `shutting_down`: The service is shutting down. */
            503: {
                headers: {
                    /** @description Seconds until another try makes sense. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    submit: {
        parameters: {
            query?: {
                /** @description `true` keeps what the program writes while it runs, for those who follow its events with `output=true`. */
                output?: "true" | "false";
            };
            header?: {
                /** @description The same key with the same body means the same execution, however often it is sent within 24 hours; with another body it is a 409. */
                "idempotency-key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SubmitRequest"];
            };
        };
        responses: {
            /** @description It was accepted; `Location` leads to it. */
            202: {
                headers: {
                    /** @description What the nearest limit allows in its window. */
                    "RateLimit-Limit"?: number;
                    /** @description What is left of it. */
                    "RateLimit-Remaining"?: number;
                    /** @description Seconds until its window ends. */
                    "RateLimit-Reset"?: number;
                    /** @description All limits, as `"name";q=QUOTA;w=SECONDS`. */
                    "RateLimit-Policy"?: string;
                    /** @description Where the execution is. */
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Execution"];
                };
            };
            /** @description `invalid_request`: The request is not valid. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: An API key is required. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The API key does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `conflict`: Conflict with the present state. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_large`: The request is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: The body must be application/json. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_language`: The language is not supported. `unsupported_version`: The version of the language is not supported. `code_rejected`: The code was rejected. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: Too many requests. `queue_full`: The queue is full. */
            429: {
                headers: {
                    /** @description Seconds until another try makes sense. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Internal error. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: The service is unavailable. `shutting_down`: The service is shutting down. */
            503: {
                headers: {
                    /** @description Seconds until another try makes sense. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getExecution: {
        parameters: {
            query?: {
                /** @description How the answer writes what the program and the compiler wrote; `utf8` when it is not given. */
                encoding?: "utf8" | "base64";
                /** @description `analysis` adds what was seen in the code: findings and figures of its complexity. `input` shows all of each test's input, which is cut otherwise. */
                include?: "analysis" | "input" | "analysis,input" | "input,analysis";
                /** @description Seconds to wait for the end, at most 30; the answer comes as soon as it has ended. */
                wait?: number;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The execution. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Execution"];
                };
            };
            /** @description `invalid_request`: The request is not valid. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: An API key is required. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The API key does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: Too many requests. `queue_full`: The queue is full. */
            429: {
                headers: {
                    /** @description Seconds until another try makes sense. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Internal error. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: The service is unavailable. `shutting_down`: The service is shutting down. */
            503: {
                headers: {
                    /** @description Seconds until another try makes sense. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    cancelExecution: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is cancelled. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Execution"];
                };
            };
            /** @description `unauthorized`: An API key is required. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The API key does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `conflict`: Conflict with the present state. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: Too many requests. `queue_full`: The queue is full. */
            429: {
                headers: {
                    /** @description Seconds until another try makes sense. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Internal error. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: The service is unavailable. `shutting_down`: The service is shutting down. */
            503: {
                headers: {
                    /** @description Seconds until another try makes sense. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    submitBatch: {
        parameters: {
            query?: {
                /** @description `true` keeps what the program writes while it runs, for those who follow its events with `output=true`. */
                output?: "true" | "false";
            };
            header?: {
                /** @description The same key with the same body means the same execution, however often it is sent within 24 hours; with another body it is a 409. */
                "idempotency-key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["BatchRequest"];
            };
        };
        responses: {
            /** @description Those with an id were accepted. */
            202: {
                headers: {
                    /** @description What the nearest limit allows in its window. */
                    "RateLimit-Limit"?: number;
                    /** @description What is left of it. */
                    "RateLimit-Remaining"?: number;
                    /** @description Seconds until its window ends. */
                    "RateLimit-Reset"?: number;
                    /** @description All limits, as `"name";q=QUOTA;w=SECONDS`. */
                    "RateLimit-Policy"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BatchAnswer"];
                };
            };
            /** @description `invalid_request`: The request is not valid. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: An API key is required. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The API key does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `conflict`: Conflict with the present state. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_large`: The request is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: The body must be application/json. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: Too many requests. `queue_full`: The queue is full. */
            429: {
                headers: {
                    /** @description Seconds until another try makes sense. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Internal error. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: The service is unavailable. `shutting_down`: The service is shutting down. */
            503: {
                headers: {
                    /** @description Seconds until another try makes sense. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    executionEvents: {
        parameters: {
            query?: {
                /** @description How the answer writes what the program and the compiler wrote; `utf8` when it is not given. */
                encoding?: "utf8" | "base64";
                /** @description `analysis` adds what was seen in the code: findings and figures of its complexity. `input` shows all of each test's input, which is cut otherwise. */
                include?: "analysis" | "input" | "analysis,input" | "input,analysis";
                /** @description `true` adds `output` events, with what the program writes while it runs. */
                output?: "true" | "false";
            };
            header?: {
                "last-event-id"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Events, until the execution has ended. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": unknown;
                };
            };
            /** @description It has ended, and no event follows the one of `Last-Event-ID`. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            /** @description `invalid_request`: The request is not valid. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: An API key is required. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The API key does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: Too many requests. `queue_full`: The queue is full. */
            429: {
                headers: {
                    /** @description Seconds until another try makes sense. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Internal error. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: The service is unavailable. `shutting_down`: The service is shutting down. */
            503: {
                headers: {
                    /** @description Seconds until another try makes sense. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getBlob: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                sha256: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The bytes. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": unknown;
                };
            };
            /** @description `invalid_request`: The request is not valid. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: An API key is required. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The API key does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: Too many requests. `queue_full`: The queue is full. */
            429: {
                headers: {
                    /** @description Seconds until another try makes sense. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Internal error. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: The service is unavailable. `shutting_down`: The service is shutting down. */
            503: {
                headers: {
                    /** @description Seconds until another try makes sense. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    putBlob: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                sha256: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It was there already. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description It is stored. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `invalid_request`: The request is not valid. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: An API key is required. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The API key does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_large`: The request is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: Too many requests. `queue_full`: The queue is full. */
            429: {
                headers: {
                    /** @description Seconds until another try makes sense. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Internal error. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: The service is unavailable. `shutting_down`: The service is shutting down. */
            503: {
                headers: {
                    /** @description Seconds until another try makes sense. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getProblem: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description `ID` or `ID@VERSION`. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The problem. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KeptProblem"];
                };
            };
            /** @description `unauthorized`: An API key is required. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The API key does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: Too many requests. `queue_full`: The queue is full. */
            429: {
                headers: {
                    /** @description Seconds until another try makes sense. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Internal error. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: The service is unavailable. `shutting_down`: The service is shutting down. */
            503: {
                headers: {
                    /** @description Seconds until another try makes sense. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    putProblem: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Letters, digits and `.`, `_`, `-`, at most 64; a letter or digit first. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ProblemDefinition"];
                "application/octet-stream": unknown;
            };
        };
        responses: {
            /** @description It is the latest version. Of a package, the answer has a report too. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemSummary"] | components["schemas"]["PackageReport"];
                };
            };
            /** @description `invalid_request`: The request is not valid. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: An API key is required. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The API key does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_large`: The request is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: The body must be application/json. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_language`: The language is not supported. `unsupported_version`: The version of the language is not supported. `code_rejected`: The code was rejected. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: Too many requests. `queue_full`: The queue is full. */
            429: {
                headers: {
                    /** @description Seconds until another try makes sense. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Internal error. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: The service is unavailable. `shutting_down`: The service is shutting down. */
            503: {
                headers: {
                    /** @description Seconds until another try makes sense. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteProblem: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Letters, digits and `.`, `_`, `-`, at most 64; a letter or digit first. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is removed. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `unauthorized`: An API key is required. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The API key does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: Too many requests. `queue_full`: The queue is full. */
            429: {
                headers: {
                    /** @description Seconds until another try makes sense. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Internal error. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: The service is unavailable. `shutting_down`: The service is shutting down. */
            503: {
                headers: {
                    /** @description Seconds until another try makes sense. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    checkProblem: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/octet-stream": unknown;
            };
        };
        responses: {
            /** @description What the package was read as. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PackageReport"];
                };
            };
            /** @description `invalid_request`: The request is not valid. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: An API key is required. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The API key does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_large`: The request is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: The body must be application/json. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_language`: The language is not supported. `unsupported_version`: The version of the language is not supported. `code_rejected`: The code was rejected. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: Too many requests. `queue_full`: The queue is full. */
            429: {
                headers: {
                    /** @description Seconds until another try makes sense. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Internal error. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: The service is unavailable. `shutting_down`: The service is shutting down. */
            503: {
                headers: {
                    /** @description Seconds until another try makes sense. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getProblemPackage: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description `ID` or `ID@VERSION`. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A ZIP archive. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": unknown;
                };
            };
            /** @description `unauthorized`: An API key is required. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The API key does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_large`: The request is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: Too many requests. `queue_full`: The queue is full. */
            429: {
                headers: {
                    /** @description Seconds until another try makes sense. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Internal error. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: The service is unavailable. `shutting_down`: The service is shutting down. */
            503: {
                headers: {
                    /** @description Seconds until another try makes sense. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listProblems: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of problems. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemPage"];
                };
            };
            /** @description `invalid_request`: The request is not valid. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: An API key is required. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The API key does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: Too many requests. `queue_full`: The queue is full. */
            429: {
                headers: {
                    /** @description Seconds until another try makes sense. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Internal error. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: The service is unavailable. `shutting_down`: The service is shutting down. */
            503: {
                headers: {
                    /** @description Seconds until another try makes sense. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listLanguages: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All languages this service knows, also those that are not ready. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Language"][];
                };
            };
            /** @description `unauthorized`: An API key is required. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The API key does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: Too many requests. `queue_full`: The queue is full. */
            429: {
                headers: {
                    /** @description Seconds until another try makes sense. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Internal error. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: The service is unavailable. `shutting_down`: The service is shutting down. */
            503: {
                headers: {
                    /** @description Seconds until another try makes sense. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    health: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The service works; `degraded` says that a part does not work fully. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HealthReport"];
                };
            };
            /** @description `internal_error`: Internal error. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Programs cannot be run. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HealthReport"];
                };
            };
        };
    };
    live: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Yes. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {string} */
                        status: "alive";
                    };
                };
            };
        };
    };
    ready: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Yes. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {string} */
                        status: "ready" | "starting" | "unavailable" | "stopping";
                    };
                };
            };
            /** @description No. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {string} */
                        status: "ready" | "starting" | "unavailable" | "stopping";
                    };
                };
            };
        };
    };
    metrics: {
        parameters: {
            query?: {
                /** @description How far back, from 1 to 720 hours; 24 if it is not given. */
                hours?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Of all services that share a store. What others did last may be a second behind. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MetricsReport"];
                };
            };
            /** @description `invalid_request`: The request is not valid. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: An API key is required. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The API key does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: Too many requests. `queue_full`: The queue is full. */
            429: {
                headers: {
                    /** @description Seconds until another try makes sense. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Internal error. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: The service is unavailable. `shutting_down`: The service is shutting down. */
            503: {
                headers: {
                    /** @description Seconds until another try makes sense. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    topUsers: {
        parameters: {
            query?: {
                /** @description How far back, from 1 to 720 hours; 24 if it is not given. */
                hours?: number;
                /** @description Most entries, from 1 to 100; 10 if it is not given. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Of all services that share a store. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TopUsersReport"];
                };
            };
            /** @description `invalid_request`: The request is not valid. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: An API key is required. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The API key does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: Too many requests. `queue_full`: The queue is full. */
            429: {
                headers: {
                    /** @description Seconds until another try makes sense. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Internal error. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: The service is unavailable. `shutting_down`: The service is shutting down. */
            503: {
                headers: {
                    /** @description Seconds until another try makes sense. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    failures: {
        parameters: {
            query?: {
                /** @description How far back, from 1 to 720 hours; 24 if it is not given. */
                hours?: number;
                /** @description Most entries, from 1 to 100; 10 if it is not given. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Of all services that share a store. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FailuresReport"];
                };
            };
            /** @description `invalid_request`: The request is not valid. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: An API key is required. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The API key does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: Too many requests. `queue_full`: The queue is full. */
            429: {
                headers: {
                    /** @description Seconds until another try makes sense. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Internal error. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: The service is unavailable. `shutting_down`: The service is shutting down. */
            503: {
                headers: {
                    /** @description Seconds until another try makes sense. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    userMetrics: {
        parameters: {
            query?: {
                /** @description How far back, from 1 to 720 hours; 24 if it is not given. */
                hours?: number;
            };
            header?: never;
            path: {
                user_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Of all requests with this `user_id`, from any client. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserMetricsReport"];
                };
            };
            /** @description `invalid_request`: The request is not valid. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: An API key is required. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The API key does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: Too many requests. `queue_full`: The queue is full. */
            429: {
                headers: {
                    /** @description Seconds until another try makes sense. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Internal error. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: The service is unavailable. `shutting_down`: The service is shutting down. */
            503: {
                headers: {
                    /** @description Seconds until another try makes sense. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    pullImagesProgress: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The images of the last request. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ImageInstallations"];
                };
            };
            /** @description `unauthorized`: An API key is required. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The API key does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `conflict`: Conflict with the present state. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: Too many requests. `queue_full`: The queue is full. */
            429: {
                headers: {
                    /** @description Seconds until another try makes sense. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Internal error. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: The service is unavailable. `shutting_down`: The service is shutting down. */
            503: {
                headers: {
                    /** @description Seconds until another try makes sense. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    pullImages: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["PullImagesRequest"] | null;
            };
        };
        responses: {
            /** @description The installation has begun. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ImageInstallations"];
                };
            };
            /** @description `invalid_request`: The request is not valid. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: An API key is required. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The API key does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `conflict`: Conflict with the present state. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: The body must be application/json. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_language`: The language is not supported. `unsupported_version`: The version of the language is not supported. `code_rejected`: The code was rejected. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: Too many requests. `queue_full`: The queue is full. */
            429: {
                headers: {
                    /** @description Seconds until another try makes sense. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Internal error. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: The service is unavailable. `shutting_down`: The service is shutting down. */
            503: {
                headers: {
                    /** @description Seconds until another try makes sense. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    cleanUp: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was removed. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CleanUpResult"];
                };
            };
            /** @description `unauthorized`: An API key is required. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The API key does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: Too many requests. `queue_full`: The queue is full. */
            429: {
                headers: {
                    /** @description Seconds until another try makes sense. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Internal error. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: The service is unavailable. `shutting_down`: The service is shutting down. */
            503: {
                headers: {
                    /** @description Seconds until another try makes sense. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    redeliverWebhook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The webhook will be delivered. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Redelivery"];
                };
            };
            /** @description `unauthorized`: An API key is required. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The API key does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: Too many requests. `queue_full`: The queue is full. */
            429: {
                headers: {
                    /** @description Seconds until another try makes sense. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Internal error. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: The service is unavailable. `shutting_down`: The service is shutting down. */
            503: {
                headers: {
                    /** @description Seconds until another try makes sense. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    prometheus: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Prometheus' text format. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            /** @description `unauthorized`: An API key is required. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The API key does not allow this. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: Too many requests. `queue_full`: The queue is full. */
            429: {
                headers: {
                    /** @description Seconds until another try makes sense. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Internal error. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: The service is unavailable. `shutting_down`: The service is shutting down. */
            503: {
                headers: {
                    /** @description Seconds until another try makes sense. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
}
