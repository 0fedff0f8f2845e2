/* The FPU's state in thread_frame.fpu: XSAVE's standard format where there is XSAVE, else FXSAVE's (Intel SDM 1 chapters 10
 * and 13).  An all-zero frame means the initial state.  XRSTOR takes a zero XSTATE_BV as just that, but MXCSR always from
 * memory; FXRSTOR takes everything from memory. */
#include "kernel/arch/x86_64/fpu.h"
#include "kernel/arch/x86_64/cpu_features.h"
#include "kernel/state.h"

#define X87 (1ul << 0)
#define SSE (1ul << 1)
#define AVX (1ul << 2)
#define AVX512 (7ul << 5)

enum { FCW_INITIAL = 0x37f, MXCSR_INITIAL = 0x1f80, XSTATE_LEAF = 0xd, HYPERVISOR_LEAF = 0x40000000 };

uint64_t fpu_guard;

/* The part of the area that is looked at here. */
struct area {
    uint16_t fcw;
    uint16_t unused0[11];
    uint32_t mxcsr, mxcsr_mask;
    uint8_t unused1[480];
    uint64_t xstate_bv;
};
_Static_assert(offsetof(struct area, mxcsr) == 24, "Intel SDM 1 table 10-2");
_Static_assert(offsetof(struct area, xstate_bv) == 512, "Intel SDM 1 section 13.4");
_Static_assert(offsetof(struct thread_frame, fpu) % 64 == 0, "XSAVE wants its area aligned");

static uint64_t components; /* XCR0; 0 without XSAVE */

static void xcr0_write(uint64_t v)
{
    __asm__ volatile("xsetbv" : : "c"(0), "a"((uint32_t)v), "d"((uint32_t)(v >> 32)));
}

/* Enables them and answers whether they fit the frame. */
static bool try_components(uint64_t wanted)
{
    xcr0_write(wanted);
    components = wanted;
    return cpuid(XSTATE_LEAF, 0).ebx <= FPU_SIZE;
}

/* QEMU's emulator (7.2) does not raise #NM for XSAVE and XRSTOR: whoever executes them would see another thread's registers. */
static bool is_qemu_emulator(void)
{
    struct cpuid c = cpuid(HYPERVISOR_LEAF, 0);

    return c.ebx == 0x54474354 && c.ecx == 0x43544743 && c.edx == 0x47435447; /* "TCGTCGTCGTCG" */
}

void fpu_init(void)
{
    if (!cpu_has_xsave())
        return;
    fpu_guard = is_qemu_emulator() ? CR4_OSXSAVE : 0;
    struct cpuid c = cpuid(XSTATE_LEAF, 0);
    uint64_t there = ((uint64_t)c.edx << 32 | c.eax) & (X87 | SSE | AVX | AVX512);
    if ((there & AVX512) != AVX512 || !(there & AVX))
        there &= ~AVX512;
    if (!try_components(there) && !try_components(there & (X87 | SSE | AVX)))
        panic("XSAVE wants more than %u bytes for AVX", (unsigned)FPU_SIZE);
    cr4_write(cr4_read() & ~fpu_guard);
}

void arch_fpu_save(struct thread_frame *t)
{
    if (components)
        __asm__ volatile("xsave64 (%0)" : : "r"(t->fpu), "a"((uint32_t)components), "d"(0) : "memory");
    else
        __asm__ volatile("fxsave64 (%0)" : : "r"(t->fpu) : "memory");
}

/* A frame that was never saved to: a saved one has MXCSR_MASK, and XSTATE_BV is zero only with the initial MXCSR. */
static void complete_initial(struct area *a)
{
    if (components ? a->xstate_bv == 0 : a->mxcsr_mask == 0) {
        a->fcw = FCW_INITIAL;
        a->mxcsr = MXCSR_INITIAL;
    }
}

void arch_fpu_load(struct thread_frame *t)
{
    complete_initial((struct area *)t->fpu);
    if (components)
        __asm__ volatile("xrstor64 (%0)" : : "r"(t->fpu), "a"((uint32_t)components), "d"(0) : "memory");
    else
        __asm__ volatile("fxrstor64 (%0)" : : "r"(t->fpu) : "memory");
}
