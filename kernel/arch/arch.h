/* The port contract: everything that the ISA-neutral kernel asks of a port, and everything that it offers to one.
 *
 * A port is the directory kernel/arch/<isa>/.  It provides `arch_<isa>.h`-style inline functions through
 * <arch/port.h> (found by the include path of the ISA that is built), assembly for entry and exit, and its boot code.
 * Each hook below is written with what holds before (pre) and after (post).
 *
 * Address map, the same on every ISA (user level has [0, ISTHMUS_USER_LIMIT)):
 *
 *   ARCH_DIRECT_MAP        frame f at ARCH_DIRECT_MAP + f * 4096, readable and writable, never executable
 *   KERNEL_IMAGE           0xffffffff80000000   text, read-only data, data
 *   KERNEL_CELLS           0xffffffffa0000000   cell[]; cell_cold[] is at 0xffffffffc8000000
 *   KERNEL_FRAMES          0xffffffffe0000000   frame[]
 *   KERNEL_DEVICES         0xfffffffffc000000   the port's own device registers (interrupt controller, log UART)
 */
#pragma once
#include "kernel/types.h"

#define KERNEL_IMAGE 0xffffffff80000000
#define KERNEL_CELLS 0xffffffffa0000000
#define KERNEL_FRAMES 0xffffffffe0000000
#define KERNEL_DEVICES 0xfffffffffc000000
#define KERNEL_MAX_CELLS 0xa00000 /* what fits from KERNEL_CELLS to cell_cold[], at 0xffffffffc8000000 */

/* ==== provided by the port in kernel/arch/<isa>/port.h =====================================================
 *
 * Constants:
 *   ARCH_DIRECT_MAP     virtual address of frame 0
 *   ARCH_RAM_BASE       physical address of frame 0; a frame's physical address is ARCH_RAM_BASE + f * 4096
 *   ARCH_TABLE_LEVELS   levels of page tables, the root included (3: Sv39; 4: x86_64)
 *   ARCH_REGISTERS      registers of thread_read and thread_write: entries of the ABI's `state` list
 *   ARCH_REGISTER_PC    number of the pc in that list
 *   ARCH_SYSCALL_BYTES  length of the system-call instruction: a saved pc is that much after it
 *   ARCH_ELF_MACHINE    e_machine of its programs
 *   ARCH_HAS_PORTS      true if the ISA has I/O ports
 *
 * struct registers       what entry saves of a thread, first in its struct thread_frame.  Besides what the port
 *                        needs it has these members of uint64_t:
 *                          pc, sp, operation (status on the way out), slot (badge on the way out), tag,
 *                          word[ISTHMUS_MESSAGE_WORDS], core (index of the core that runs the thread)
 *
 * Inline functions:
 *   core_ix arch_core_self(void)                         the core that executes this
 *   uint64_t arch_time(void)                             the counter that user level reads, ticks
 *
 *   Page-table entries (bits of the ISA; `page` is a physical page number):
 *   uint32_t arch_table_index(uint64_t address, unsigned level)   which entry of a table of that level; level 1 = lowest
 *   uint64_t arch_entry_page(uint64_t page, unsigned flags, unsigned level)
 *                        an entry that maps a page for user level with ISTHMUS_MAP_* flags at level 1 (4 KiB) or 2 (2 MiB);
 *                        write and execute never both; accessed and dirty set; non-executable unless map_execute
 *   uint64_t arch_entry_table(uint64_t page)             an entry that refers to the next lower table
 *   bool arch_entry_present(uint64_t entry)
 *   bool arch_entry_is_table(uint64_t entry, unsigned level)      pre: present
 *   uint64_t arch_entry_target(uint64_t entry)           physical page number that a present entry names
 *   unsigned arch_entry_flags(uint64_t entry)            ISTHMUS_MAP_* of a present mapping
 *   void arch_root_init(uint64_t *root)                  copies the kernel's half into a zeroed root table
 *   uint64_t arch_space(frame_ix root, uint32_t task)    the value of satp or CR3 for a task's root; ASID or PCID from
 *                                                        the task's index
 *   void arch_space_enter(uint64_t space, uint32_t task) makes it this core's; flushes what an ASID shared with
 *                                                        another task may have left.  Cheap if it is the current one
 *   void arch_space_leave(void)                          enters the kernel's own address space (idle)
 *   void arch_flush_page(uint64_t space, uint64_t address)   forgets one page's translation in a space
 *   void arch_flush_space(uint64_t space)                    forgets all of a space, page walks included
 *
 *   void arch_flush_code(void)                           what was stored is what is fetched (after mapping for execution)
 *
 *   Registers:
 *   void arch_registers_start(struct registers *, uint64_t pc, uint64_t sp, uint64_t argument)
 *                        all registers zero but these, user mode, interrupts on
 *   uint64_t arch_register_read(const struct registers *, unsigned n)
 *   bool arch_register_write(struct registers *, unsigned n, uint64_t value)
 *                        false: the value is not allowed; only what user level could set itself is changed
 *   void arch_registers_to_full(struct registers *)      pre: saved by a system call.  post: valid as full state; what a
 *                                                        system call destroys is zero
 *   ARCH_REDIRECT_FRAME  true if redirection needs a frame, since no register is free (riscv64)
 *   void arch_redirect(struct registers *, uint64_t entry, struct isthmus_redirect *frame, uint64_t frame_address)
 *                        pre: full state of a system call, pc after the trapping instruction; frame is nil where
 *                        ARCH_REDIRECT_FRAME is false.  post: resumes at entry with every register intact but pc, and
 *                        where a frame is needed t0 = frame_address, frame->pc and frame->t0 their former values
 *                        (x86_64: rcx = return address, r11 = flags as `syscall` left them)
 *   void arch_redirect_resume(struct registers *, const struct isthmus_redirect *frame)   undoes it: pc and t0 from frame,
 *                        pc made an address of user level
 *
 *   FPU (state saved in thread_frame.fpu; an all-zero, not live thread_frame means the ISA's initial state):
 *   void arch_fpu_on(void), arch_fpu_off(void)           user level may / may not use it
 *   void arch_fpu_save(struct thread_frame *), arch_fpu_load(struct thread_frame *)    pre: on
 *
 *   Timer, interrupts:
 *   void arch_timer_set(uint64_t deadline)               one timer interrupt at that time (all ones: none)
 *   void arch_irq_mask(uint32_t line), arch_irq_unmask(uint32_t line)
 *   uint32_t arch_irq_lines(void)                        lines are numbered 0 or 1 .. lines-1, below MAX_IRQ
 *
 *   Ports (where ARCH_HAS_PORTS; elsewhere never called):
 *   uint64_t arch_port_in(uint16_t port, unsigned width), void arch_port_out(uint16_t port, unsigned width, uint64_t value)
 *
 *   Log and end:
 *   void arch_log_byte(uint8_t)                          to the log UART, waiting until it is taken
 *   _Noreturn void arch_halt(bool restart)
 *   _Noreturn void arch_fail(void)                       stops the machine after a panic, with a failing status if it can
 *
 * Exits, in assembly.  pre: interrupts off, the thread's address space entered, current set.  They never return:
 *   _Noreturn void arch_exit_syscall(struct thread_frame *)   resumes from a system call: kept registers and message
 *                                                              registers are loaded, all others zeroed
 *   _Noreturn void arch_exit_full(struct thread_frame *)      resumes with all registers
 *   _Noreturn void arch_idle(void)                            waits for an interrupt on the core's own stack and in the
 *                                                              kernel's address space, then trap_interrupt() with current
 *                                                              nil and nothing saved
 *
 * Entry.  On a trap from user level the port saves registers into the current thread's frame (found without C) and calls,
 * on the core's stack, with interrupts off:
 *   system call:  saves all registers, pc of the next instruction, then trap_syscall().  (All, since the call may be
 *                 redirected.  The fast path in front of it saves only what a system call keeps.)
 *   fault:        saves all registers, then trap_fault(cause, address, code), cause ISTHMUS_FAULT_*
 *   interrupt:    saves all registers, then trap_interrupt()
 * A trap from kernel level other than the interrupt that ends idling is a bug of the kernel: panic() with the state.
 */
/* A redirection frame's first words, in memory that user level mapped. */
struct isthmus_redirect { uint64_t pc, t0; };

#include <arch/port.h>

/* ==== provided by the neutral kernel to the port =========================================================== */
struct boot_info;

/* Runs on the boot core in the kernel's address space, interrupts off, direct map complete.  Makes the tables, the
 * root task, and starts it. */
_Noreturn void kernel_main(struct boot_info *info);

/* Entries: see above.  They end in an exit. */
_Noreturn void trap_syscall(void);
_Noreturn void trap_fault(uint64_t cause, uint64_t address, uint64_t code);
_Noreturn void trap_interrupt(void);

/* FPU used while off: makes the current thread its owner.  Called by the port from its trap entry; returns. */
void fpu_claim(void);

/* Called by arch_interrupts() for each pending interrupt. */
void interrupt_timer(void);
void interrupt_line(uint32_t line); /* pre: the port has seen to it that it does not come again before arch_irq_unmask */

/* The port's: handles every interrupt pending at the core by calling the two above; at most 16, the rest comes again. */
void arch_interrupts(void);

/* Maps `size` bytes of RAM at `physical` (2 MiB-aligned both) into the kernel's address space at KERNEL_CELLS or
 * KERNEL_FRAMES, readable and writable.  Boot only. */
void arch_map_kernel(uint64_t address, uint64_t physical, uint64_t size);

/* Facts for the root task that only the port knows. */
uint64_t arch_ticks_per_second(void);

/* Writes a message and the place to the log and stops the machine with a status that a script sees. */
_Noreturn void panic(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_line(const char *format, ...) __attribute__((format(printf, 1, 2)));
