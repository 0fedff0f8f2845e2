/* From the boot loader to C.  Two 32-bit entries, PVH (Xen, docs/misc/pvh.pandoc: ebx = start info) and multiboot2
 * (specification 2.0, section 3.3: eax = magic, ebx = information), both in protected mode without paging.  They build tables
 * that map the first 4 GiB at 0 and at the direct map, and the first GiB at KERNEL_IMAGE, all writable: mmu.c's replace them. */
#include "kernel/arch/x86_64/layout.h"

#define PHYSICAL(symbol) (symbol - KERNEL_LINK_OFFSET)
#define TABLE_FLAGS 3  /* present, writable */
#define LARGE_FLAGS 0x83
#define CPUID_EXTENDED 0x80000001
#define CPUID_LONG_MODE 29
#define EFER 0xc0000080
#define EFER_LME 0x100
#define CR4_PAE 0x20
#define CR0_PG_PE 0x80000001

/* ---- headers ---- */

    .section .note.isthmus, "a", @note
    .balign 4
    .long 4, 8, 18 /* XEN_ELFNOTE_PHYS32_ENTRY */
    .asciz "Xen"
    .quad PHYSICAL(pvh_entry)

    .section .multiboot2, "a", @progbits
    .balign 8
multiboot2_header:
    .long 0xe85250d6, 0, multiboot2_end - multiboot2_header
    .long -(0xe85250d6 + (multiboot2_end - multiboot2_header))
    .short 3, 0 /* entry address */
    .long 12, PHYSICAL(multiboot2_entry)
    .balign 8
    .short 6, 0 /* modules page-aligned */
    .long 8
    .short 0, 0
    .long 8
multiboot2_end:

/* ---- 32 bit, at physical addresses ---- */

    .text
    .code32
pvh_entry:
    xor %eax, %eax
    .globl multiboot2_entry
multiboot2_entry:
    cli
    cld
    mov %eax, %edi
    mov %ebx, %esi

    mov $0x80000000, %eax
    cpuid
    cmp $CPUID_EXTENDED, %eax
    jb no_long_mode
    mov $CPUID_EXTENDED, %eax
    cpuid
    bt $CPUID_LONG_MODE, %edx
    jnc no_long_mode

    mov $PHYSICAL(boot_directory), %ebx
    mov $LARGE_FLAGS, %eax
1:  mov %eax, (%ebx) /* upper halves are zero: bss */
    add $8, %ebx
    add $0x200000, %eax
    jnc 1b /* at 4 GiB */

    mov $CR4_PAE, %eax
    mov %eax, %cr4
    mov $PHYSICAL(boot_root), %eax
    mov %eax, %cr3
    mov $EFER, %ecx
    rdmsr
    or $EFER_LME, %eax
    wrmsr
    mov $CR0_PG_PE, %eax
    mov %eax, %cr0
    lgdt PHYSICAL(boot_gdtr)
    ljmp $KERNEL_CS, $PHYSICAL(long_mode)

/* The only message that C cannot give. */
no_long_mode:
    mov $PHYSICAL(no_long_mode_text), %esi
1:  lodsb
    test %al, %al
    jz 2f
    mov $0x3f8, %dx
    out %al, %dx
    jmp 1b
2:  mov $0xf4, %dx /* QEMU's test device */
    mov $0x10, %eax
    out %eax, %dx
3:  hlt
    jmp 3b

/* ---- 64 bit ---- */

    .code64
long_mode:
    mov $KERNEL_SS, %eax
    mov %eax, %ss
    xor %eax, %eax
    mov %eax, %ds
    mov %eax, %es
    mov %eax, %fs
    mov %eax, %gs
    mov $boot_high, %rax
    jmp *%rax
boot_high:
    mov $boot_stack_top, %rsp
    call boot_main
    ud2

    .globl boot_enter
boot_enter:
    mov %rdi, %cr3
    mov %rsi, %rsp
    call boot_on_core
    ud2

    .section .rodata
no_long_mode_text:
    .asciz "isthmus: this processor has no 64-bit mode\r\n"
    .balign 8
boot_gdt:
    .quad 0, 0x00af9b000000ffff, 0x00cf93000000ffff
boot_gdtr:
    .short 3 * 8 - 1
    .long PHYSICAL(boot_gdt)

    .data
    .balign 4096
boot_root:
    .quad PHYSICAL(boot_low) + TABLE_FLAGS
    .fill 255, 8, 0
    .quad PHYSICAL(boot_low) + TABLE_FLAGS
    .fill 254, 8, 0
    .quad PHYSICAL(boot_high_gib) + TABLE_FLAGS
boot_low:
    .quad PHYSICAL(boot_directory) + TABLE_FLAGS
    .quad PHYSICAL(boot_directory) + 0x1000 + TABLE_FLAGS
    .quad PHYSICAL(boot_directory) + 0x2000 + TABLE_FLAGS
    .quad PHYSICAL(boot_directory) + 0x3000 + TABLE_FLAGS
    .fill 508, 8, 0
boot_high_gib:
    .fill 510, 8, 0
    .quad PHYSICAL(boot_directory) + TABLE_FLAGS
    .quad 0

    .bss
    .balign 4096
boot_directory:
    .skip 4 * 4096
boot_stack:
    .skip 8192
boot_stack_top:

    .section .note.GNU-stack, "", @progbits
