// Severities of rules that suit a kind of service, by name. They change no limit of the sandbox, which is the same in all.

type Severities = Readonly<Record<string, 'error' | 'warning' | 'off'>>;

export const PRESETS = {
  /** Learners: what can only fail or be bad style in a box is explained and runs. */
  course: {
    '*/network': 'warning',
    '*/dynamic-code': 'warning',
    '*/dynamic-import': 'warning',
    'bash/dynamic-code': 'error',
    '*/computed-global': 'off',
  },
  /** Solutions that are judged by their output: what costs a contestant nothing is not mentioned. */
  contest: {
    '*/terminal': 'off',
    '*/evaluation': 'off',
    '*/computed-global': 'off',
    'rust/unsafe': 'off',
    'go/unsafe-pointer': 'off',
  },
  /** Strangers: evaluated input and globals chosen at run time, which may be anything, are refused as well. */
  playground: {
    '*/evaluation': 'error',
    '*/computed-global': 'error',
  },
} as const satisfies Readonly<Record<string, Severities>>;

export type PresetName = keyof typeof PRESETS;
export const PRESET_NAMES = Object.keys(PRESETS) as readonly PresetName[];
