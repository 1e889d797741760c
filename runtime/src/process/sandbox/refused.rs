//! Which system calls are refused, and why.
//!
//! It is a list of what must not be done rather than of what may: a worker runs any code of the
//! program's, and what that needs of threads, memory, clocks and pipes nobody can list. Files are
//! not the matter of this list; Landlock holds them, but for what it does not look at.

use When::{Always, Any, BitsAre, Is, IsNot, IsThere, OtherThanOwn, OtherThanOwnOrZero};

/// For which values of an argument a call is refused. Arguments count from 0.
#[derive(Clone, Copy, Debug)]
pub(super) enum When {
    Always,
    /// The argument is one of these.
    Is(u8, &'static [u64]),
    /// The argument is none of these.
    IsNot(u8, &'static [u64]),
    /// Of the argument, the bits of the first number are the second.
    BitsAre(u8, u64, u64),
    /// The argument names a process other than this one.
    OtherThanOwn(u8),
    /// The same, where 0 is this process too.
    OtherThanOwnOrZero(u8),
    /// The argument is a pointer, to something.
    IsThere(u8),
    /// One of these holds. It must not be [`Always`](When::Always).
    Any(&'static [When]),
}

type Call = (i64, When);

/// These have no names in `libc` on every machine yet; the numbers are the same on all.
const QUOTACTL_FD: i64 = 443;
const PROCESS_MRELEASE: i64 = 448;
const FCHMODAT2: i64 = 452;
const SETXATTRAT: i64 = 463;
const REMOVEXATTRAT: i64 = 466;
const OPEN_TREE_ATTR: i64 = 467;
const FILE_SETATTR: i64 = 469;

const CLONE_THREAD: u64 = libc::CLONE_THREAD as u64;
const SET_PARENT_DEATH_SIGNAL: u64 = libc::PR_SET_PDEATHSIG as u64;
/// Makes the kernel signal another process when something comes.
const SET_OWNER: &[u64] = &[libc::F_SETOWN as u64, 10, 15];
const PROCESS_GROUP_OR_USER: &[u64] = &[1, 2];

/// Commands to what is open already, standard output among it, that must never be given.
const COMMANDS: &[u64] = &[
    // Types into the terminal as if the user had, pastes into a console, changes how it works.
    0x5412,
    0x541c,
    0x5423,
    // As `SET_OWNER`.
    0x8901,
    0x8902,
    // Attributes of files, for which they need not be open to write.
    0x4008_6602,
    0x4004_6602,
    0x401c_5820,
];

/// Commands that ask or set nothing but what is the worker's own: is it a terminal, how wide is it,
/// how much is there to read, does it block, is it closed by `exec`.
const QUESTIONS: &[u64] = &[
    0x5401,
    0x802c_542a,
    0x5413,
    0x540f,
    0x541b,
    0x5421,
    0x5450,
    0x5451,
];

/// Refused in every sandbox, on every machine.
pub(super) const ALWAYS: &[Call] = &[
    // Other programs and processes. A thread is made by `clone` too.
    (libc::SYS_execve, Always),
    (libc::SYS_execveat, Always),
    (libc::SYS_clone, BitsAre(0, CLONE_THREAD, 0)),
    (libc::SYS_unshare, Always),
    (libc::SYS_setns, Always),
    // Whoever leaves the group of the worker is not ended with it.
    (libc::SYS_setpgid, Always),
    (libc::SYS_setsid, Always),
    (libc::SYS_kill, OtherThanOwn(0)),
    (libc::SYS_tgkill, OtherThanOwn(0)),
    (libc::SYS_rt_sigqueueinfo, OtherThanOwn(0)),
    (libc::SYS_rt_tgsigqueueinfo, OtherThanOwn(0)),
    (libc::SYS_fcntl, Is(1, SET_OWNER)),
    (libc::SYS_pidfd_send_signal, Always),
    (libc::SYS_pidfd_getfd, Always),
    (libc::SYS_ptrace, Always),
    (libc::SYS_process_vm_readv, Always),
    (libc::SYS_process_vm_writev, Always),
    (libc::SYS_process_madvise, Always),
    (PROCESS_MRELEASE, Always),
    (libc::SYS_kcmp, Always),
    (libc::SYS_prlimit64, OtherThanOwnOrZero(0)),
    (libc::SYS_migrate_pages, OtherThanOwnOrZero(0)),
    (libc::SYS_move_pages, OtherThanOwnOrZero(0)),
    (libc::SYS_sched_setaffinity, OtherThanOwnOrZero(0)),
    (libc::SYS_sched_setscheduler, OtherThanOwnOrZero(0)),
    (libc::SYS_sched_setparam, OtherThanOwnOrZero(0)),
    (libc::SYS_sched_setattr, OtherThanOwnOrZero(0)),
    (libc::SYS_setpriority, OTHERS_PRIORITY),
    (
        libc::SYS_ioprio_set,
        Any(&[IsNot(0, &[1]), OtherThanOwnOrZero(1)]),
    ),
    // So that the worker ends with the program in every case.
    (libc::SYS_prctl, Is(0, &[SET_PARENT_DEATH_SIGNAL])),
    // Around the filter: it does what system calls do, without any.
    (libc::SYS_io_uring_setup, Always),
    (libc::SYS_io_uring_enter, Always),
    (libc::SYS_io_uring_register, Always),
    // Large and seldom used parts of the kernel, where its faults have been.
    (libc::SYS_bpf, Always),
    (libc::SYS_perf_event_open, Always),
    (libc::SYS_userfaultfd, Always),
    (libc::SYS_add_key, Always),
    (libc::SYS_request_key, Always),
    (libc::SYS_keyctl, Always),
    // What Landlock does not look at: attributes of files by their path, and being told of changes.
    (libc::SYS_fchmodat, Always),
    (FCHMODAT2, Always),
    (libc::SYS_fchownat, Always),
    (libc::SYS_utimensat, IsThere(1)),
    (libc::SYS_setxattr, Always),
    (libc::SYS_lsetxattr, Always),
    (SETXATTRAT, Always),
    (libc::SYS_removexattr, Always),
    (libc::SYS_lremovexattr, Always),
    (REMOVEXATTRAT, Always),
    (FILE_SETATTR, Always),
    (libc::SYS_inotify_init1, Always),
    (libc::SYS_fanotify_init, Always),
    (libc::SYS_fanotify_mark, Always),
    (libc::SYS_name_to_handle_at, Always),
    (libc::SYS_open_by_handle_at, Always),
    // Ways to other processes that are no files.
    (libc::SYS_shmget, Always),
    (libc::SYS_shmat, Always),
    (libc::SYS_shmctl, Always),
    (libc::SYS_semget, Always),
    (libc::SYS_semop, Always),
    (libc::SYS_semtimedop, Always),
    (libc::SYS_semctl, Always),
    (libc::SYS_msgget, Always),
    (libc::SYS_msgsnd, Always),
    (libc::SYS_msgrcv, Always),
    (libc::SYS_msgctl, Always),
    (libc::SYS_mq_open, Always),
    (libc::SYS_mq_unlink, Always),
    (libc::SYS_ioctl, Is(1, COMMANDS)),
    // The machine itself, for a worker of root.
    (libc::SYS_mount, Always),
    (libc::SYS_umount2, Always),
    (libc::SYS_pivot_root, Always),
    (libc::SYS_chroot, Always),
    (libc::SYS_move_mount, Always),
    (libc::SYS_open_tree, Always),
    (OPEN_TREE_ATTR, Always),
    (libc::SYS_fsopen, Always),
    (libc::SYS_fsconfig, Always),
    (libc::SYS_fsmount, Always),
    (libc::SYS_fspick, Always),
    (libc::SYS_mount_setattr, Always),
    (libc::SYS_swapon, Always),
    (libc::SYS_swapoff, Always),
    (libc::SYS_quotactl, Always),
    (QUOTACTL_FD, Always),
    (libc::SYS_acct, Always),
    (libc::SYS_init_module, Always),
    (libc::SYS_finit_module, Always),
    (libc::SYS_delete_module, Always),
    (libc::SYS_kexec_load, Always),
    (libc::SYS_reboot, Always),
    (libc::SYS_sethostname, Always),
    (libc::SYS_setdomainname, Always),
    (libc::SYS_settimeofday, Always),
    (libc::SYS_clock_settime, Always),
    (libc::SYS_clock_adjtime, Always),
    (libc::SYS_adjtimex, Always),
    (libc::SYS_syslog, Always),
    (libc::SYS_vhangup, Always),
];

const OTHERS_PRIORITY: When = Any(&[Is(0, PROCESS_GROUP_OR_USER), OtherThanOwnOrZero(1)]);

/// The older ways to do the same, which newer kinds of machines do not have.
#[cfg(target_arch = "x86_64")]
pub(super) const OF_THIS_MACHINE: &[Call] = &[
    (libc::SYS_fork, Always),
    (libc::SYS_vfork, Always),
    (libc::SYS_chmod, Always),
    (libc::SYS_chown, Always),
    (libc::SYS_lchown, Always),
    (libc::SYS_utime, Always),
    (libc::SYS_utimes, Always),
    (libc::SYS_futimesat, Always),
    (libc::SYS_inotify_init, Always),
    (libc::SYS_iopl, Always),
    (libc::SYS_ioperm, Always),
    (libc::SYS_modify_ldt, Always),
    (libc::SYS_kexec_file_load, Always),
    SIGNAL_TO_A_THREAD,
];

#[cfg(not(target_arch = "x86_64"))]
pub(super) const OF_THIS_MACHINE: &[Call] = &[SIGNAL_TO_A_THREAD];

/// It names a thread of any process. The C library `musl` signals its own threads by it; there
/// Landlock alone keeps signals inside, from Linux 6.12 on.
#[cfg(not(target_env = "musl"))]
const SIGNAL_TO_A_THREAD: Call = (libc::SYS_tkill, Always);
#[cfg(target_env = "musl")]
const SIGNAL_TO_A_THREAD: Call = (libc::SYS_tgkill, OtherThanOwn(0));

/// Refused where nothing may be written. Otherwise it is a part of writing: `std::fs::copy` sets
/// permissions, and devices are worked by commands.
pub(super) const WRITING: &[Call] = &[
    (libc::SYS_fchmod, Always),
    (libc::SYS_fchown, Always),
    (libc::SYS_fsetxattr, Always),
    (libc::SYS_fremovexattr, Always),
    (libc::SYS_utimensat, Always),
    (libc::SYS_ioctl, IsNot(1, QUESTIONS)),
];

/// Refused without the network. The worker's own socket is connected already.
pub(super) const NETWORK: &[Call] = &[
    (libc::SYS_socket, Always),
    (libc::SYS_socketpair, BEYOND_THE_PAIR),
    (libc::SYS_connect, Always),
    (libc::SYS_bind, Always),
    (libc::SYS_listen, Always),
    (libc::SYS_accept, Always),
    (libc::SYS_accept4, Always),
];

/// One of a pair of Unix stream sockets reaches the other only. One for datagrams can send to any
/// socket that has a name, and in other families so can others.
const BEYOND_THE_PAIR: When = Any(&[
    IsNot(0, &[libc::AF_UNIX as u64]),
    BitsAre(1, 0xf, libc::SOCK_DGRAM as u64),
    BitsAre(1, 0xf, libc::SOCK_RAW as u64),
]);

/// What a call's number may have in addition. Kernels for x86-64 may take each call once more, with
/// a bit set, from programs with pointers of 32 bits; and they do not ask which kind of program it
/// is.
#[cfg(target_arch = "x86_64")]
pub(super) const BITS: &[i64] = &[0, OF_32_BITS];
#[cfg(not(target_arch = "x86_64"))]
pub(super) const BITS: &[i64] = &[0];

#[cfg(target_arch = "x86_64")]
const OF_32_BITS: i64 = 0x4000_0000;

/// Calls that such programs make by numbers of their own: `execve`, `ptrace` and others.
#[cfg(target_arch = "x86_64")]
pub(super) const ONLY_OF_32_BITS: std::ops::RangeInclusive<i64> =
    OF_32_BITS + 512..=OF_32_BITS + 547;
#[cfg(not(target_arch = "x86_64"))]
pub(super) const ONLY_OF_32_BITS: std::ops::Range<i64> = 0..0;
