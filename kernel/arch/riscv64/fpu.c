#include "kernel/arch/riscv64/fpu.h"
#include "kernel/state.h"

/* fpu.S */
void fpu_store(uint8_t *to);
void fpu_fetch(const uint8_t *from);
void fpu_clear(void);
bool fpu_probe(void);
_Static_assert(FPU_SIZE >= 33 * 8, "f0 to f31 and fcsr");

static bool present;

void fpu_init(void)
{
    arch_fpu_on();
    present = fpu_probe();
    arch_fpu_off();
}

bool fpu_may_be_claimed(void) { return present && (csr_read(sstatus) & SSTATUS_FS) == 0; }

void arch_fpu_save(struct thread_frame *thread) { fpu_store(thread->fpu); }

void arch_fpu_load(struct thread_frame *thread)
{
    if (thread->fpu_live)
        fpu_fetch(thread->fpu);
    else
        fpu_clear();
}
