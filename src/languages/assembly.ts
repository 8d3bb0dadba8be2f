// Assembler: NASM for x86-64, linked without a library; the program begins at `_start`.

import { command, plainArgument, programCommand, tool } from './command.ts';
import type { Language } from './language.ts';

const ASSEMBLE_AND_LINK = `"$1" -f elf64 -dONLINE_JUDGE -i/code/ -o /tmp/main.o "$3" && "$2" -o /box/out/program /tmp/main.o`;

export const assembly: Language = {
  id: 'assembly',
  name: 'Assembler',
  aliases: ['nasm', 'asm'],
  fileExtension: '.asm',
  sourceExtensions: ['.inc'],
  tools: [
    {
      name: 'nasm',
      hostNames: ['nasm'],
      debianPath: '/usr/bin/nasm',
      versionArguments: ['-v'],
      versionPattern: /version (\d+\.\d+(?:\.\d+)?)/,
      minimumVersion: '2.14',
    },
    {
      name: 'ld',
      hostNames: ['ld'],
      debianPath: '/usr/bin/ld',
      versionArguments: ['--version'],
      versionPattern: /^GNU [^\n]{0,60}\) (\d+\.\d+(?:\.\d+)?)/,
      minimumVersion: '2.30',
    },
  ],
  debianPackages: ['nasm', 'binutils'],
  debianMegabytes: 130,
  versionTool: 'nasm',
  memoryAllowanceMb: 0,
  sourceFile: () => 'main.asm',
  compile: ({ tools, sourceFile }) =>
    command([
      ...['/bin/sh', '-c', ASSEMBLE_AND_LINK, 'sh'],
      ...[tool(tools, 'nasm'), tool(tools, 'ld'), plainArgument(sourceFile)],
    ]),
  run: () => programCommand(['/build/program']),
  examples: {
    hello: {
      code: 'section .data\ntext: db "Hello, World!", 10\nlength: equ $ - text\n\nsection .text\nglobal _start\n_start:\n    mov rax, 1\n    mov rdi, 1\n    lea rsi, [text]\n    mov rdx, length\n    syscall\n    mov rax, 60\n    xor rdi, rdi\n    syscall\n',
      stdin: '',
      expectedOutput: 'Hello, World!\n',
    },
    sum: {
      code: 'section .bss\ninput: resb 128\noutput: resb 32\n\nsection .text\nglobal _start\n\n; Reads the number at rsi into rax, and moves rsi behind it.\nread_number:\n    xor rax, rax\n    xor r8, r8\n.skip:\n    movzx rcx, byte [rsi]\n    cmp rcx, 45\n    je .minus\n    cmp rcx, 48\n    jae .digit\n    inc rsi\n    jmp .skip\n.minus:\n    mov r8, 1\n.next:\n    inc rsi\n    movzx rcx, byte [rsi]\n.digit:\n    sub rcx, 48\n    cmp rcx, 9\n    ja .end\n    imul rax, 10\n    add rax, rcx\n    jmp .next\n.end:\n    test r8, r8\n    jz .done\n    neg rax\n.done:\n    ret\n\n_start:\n    xor rax, rax\n    xor rdi, rdi\n    mov rsi, input\n    mov rdx, 128\n    syscall\n    mov rsi, input\n    call read_number\n    mov rbx, rax\n    call read_number\n    add rax, rbx\n    ; Written from the last digit to the first.\n    mov r9, rax\n    test rax, rax\n    jns .positive\n    neg rax\n.positive:\n    mov rsi, output + 31\n    mov byte [rsi], 10\n    mov rcx, 10\n.write:\n    xor rdx, rdx\n    div rcx\n    add dl, 48\n    dec rsi\n    mov [rsi], dl\n    test rax, rax\n    jnz .write\n    test r9, r9\n    jns .print\n    dec rsi\n    mov byte [rsi], 45\n.print:\n    mov rdx, output + 32\n    sub rdx, rsi\n    mov rax, 1\n    mov rdi, 1\n    syscall\n    mov rax, 60\n    xor rdi, rdi\n    syscall\n',
      stdin: '19 23\n',
      expectedOutput: '42\n',
    },
  },
};
