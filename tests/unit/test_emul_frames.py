"""The layouts that the emulation library shares with programs, against the C library's own headers, for both ISAs: the
compiler checks a file of static assertions."""

import os
import subprocess
import sys

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
COMPILERS = {"x86_64": "x86_64-linux-gnu-gcc", "riscv64": "riscv64-linux-gnu-gcc"}
STAT = {"x86_64": "stat_x86_64", "riscv64": "stat_generic"}

COMMON = """
#include <signal.h>
#include <stddef.h>
#include <sys/stat.h>
#include <ucontext.h>
#include "personalities/linux/emul/arch/{isa}/frame.h"
#include "personalities/linux/emul/stat.h"
#define SAME(a, x, b, y) _Static_assert(offsetof(a, x) == offsetof(b, y), #x " is not where " #y " is")
_Static_assert(sizeof(struct linux_stack) == sizeof(stack_t), "stack_t");
_Static_assert(sizeof(struct linux_siginfo) == sizeof(siginfo_t), "siginfo_t");
_Static_assert(sizeof(struct {stat}) == sizeof(struct stat), "struct stat");
SAME(struct linux_stack, flags, stack_t, ss_flags);
SAME(struct linux_stack, size, stack_t, ss_size);
SAME(struct linux_siginfo, signal, siginfo_t, si_signo);
SAME(struct linux_siginfo, error, siginfo_t, si_errno);
SAME(struct linux_siginfo, code, siginfo_t, si_code);
SAME(struct linux_siginfo, pid, siginfo_t, si_pid);
SAME(struct linux_siginfo, uid, siginfo_t, si_uid);
SAME(struct linux_siginfo, value, siginfo_t, si_value);
SAME(struct linux_siginfo, child.status, siginfo_t, si_status);
SAME(struct linux_siginfo, child.utime, siginfo_t, si_utime);
SAME(struct linux_siginfo, child.stime, siginfo_t, si_stime);
SAME(struct linux_siginfo, address, siginfo_t, si_addr);
SAME(struct linux_ucontext, stack, ucontext_t, uc_stack);
SAME(struct linux_ucontext, mcontext, ucontext_t, uc_mcontext);
SAME(struct linux_ucontext, mask, ucontext_t, uc_sigmask);
SAME(struct {stat}, ino, struct stat, st_ino);
SAME(struct {stat}, mode, struct stat, st_mode);
SAME(struct {stat}, nlink, struct stat, st_nlink);
SAME(struct {stat}, uid, struct stat, st_uid);
SAME(struct {stat}, gid, struct stat, st_gid);
SAME(struct {stat}, rdev, struct stat, st_rdev);
SAME(struct {stat}, size, struct stat, st_size);
SAME(struct {stat}, blksize, struct stat, st_blksize);
SAME(struct {stat}, blocks, struct stat, st_blocks);
SAME(struct {stat}, atime, struct stat, st_atim);
SAME(struct {stat}, mtime, struct stat, st_mtim);
SAME(struct {stat}, ctime, struct stat, st_ctim);
_Static_assert(sizeof(struct linux_statx) == sizeof(struct statx), "struct statx");
SAME(struct linux_statx, attributes, struct statx, stx_attributes);
SAME(struct linux_statx, mode, struct statx, stx_mode);
SAME(struct linux_statx, ino, struct statx, stx_ino);
SAME(struct linux_statx, attributes_mask, struct statx, stx_attributes_mask);
SAME(struct linux_statx, btime, struct statx, stx_btime);
SAME(struct linux_statx, mtime, struct statx, stx_mtime);
SAME(struct linux_statx, dev_minor, struct statx, stx_dev_minor);
"""

ISA = {
    "x86_64": """
_Static_assert(sizeof(struct linux_sigcontext) == sizeof(mcontext_t), "mcontext_t");
SAME(struct linux_sigcontext, r8, mcontext_t, gregs[REG_R8]);
SAME(struct linux_sigcontext, r15, mcontext_t, gregs[REG_R15]);
SAME(struct linux_sigcontext, rdi, mcontext_t, gregs[REG_RDI]);
SAME(struct linux_sigcontext, rbp, mcontext_t, gregs[REG_RBP]);
SAME(struct linux_sigcontext, rbx, mcontext_t, gregs[REG_RBX]);
SAME(struct linux_sigcontext, rdx, mcontext_t, gregs[REG_RDX]);
SAME(struct linux_sigcontext, rax, mcontext_t, gregs[REG_RAX]);
SAME(struct linux_sigcontext, rcx, mcontext_t, gregs[REG_RCX]);
SAME(struct linux_sigcontext, rsp, mcontext_t, gregs[REG_RSP]);
SAME(struct linux_sigcontext, rip, mcontext_t, gregs[REG_RIP]);
SAME(struct linux_sigcontext, flags, mcontext_t, gregs[REG_EFL]);
SAME(struct linux_sigcontext, cs, mcontext_t, gregs[REG_CSGSFS]);
SAME(struct linux_sigcontext, error, mcontext_t, gregs[REG_ERR]);
SAME(struct linux_sigcontext, trap, mcontext_t, gregs[REG_TRAPNO]);
SAME(struct linux_sigcontext, old_mask, mcontext_t, gregs[REG_OLDMASK]);
SAME(struct linux_sigcontext, cr2, mcontext_t, gregs[REG_CR2]);
SAME(struct linux_sigcontext, fpstate, mcontext_t, fpregs);
""",
    "riscv64": """
_Static_assert(sizeof(struct linux_ucontext) == sizeof(ucontext_t), "ucontext_t");
SAME(struct linux_sigcontext, pc, mcontext_t, __gregs[REG_PC]);
SAME(struct linux_sigcontext, x[0], mcontext_t, __gregs[REG_RA]);
SAME(struct linux_sigcontext, x[9], mcontext_t, __gregs[REG_A0]);
SAME(struct linux_sigcontext, x[30], mcontext_t, __gregs[31]);
SAME(struct linux_sigcontext, fpu, mcontext_t, __fpregs);
_Static_assert(sizeof(struct fpu_state) == sizeof(union __riscv_mc_fp_state), "the FPU's state");
""",
}


def main():
    """One result an ISA."""
    for isa, compiler in COMPILERS.items():
        source = COMMON.format(isa=isa, stat=STAT[isa]) + ISA[isa]
        done = subprocess.run([compiler, "-std=gnu11", "-D_GNU_SOURCE", "-fsyntax-only", "-I.", "-x", "c", "-"], cwd=TOP, input=source,
                              capture_output=True, text=True, check=False)
        said = done.stderr.replace("\n", "\n  ")
        print(f"not ok layouts of {isa}: the compiler says\n  {said}" if done.returncode else f"ok layouts of {isa}")


if __name__ == "__main__":
    sys.exit(main())
