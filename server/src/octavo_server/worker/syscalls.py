"""Numbers of the system calls that children are refused, from Linux's asm/unistd_64.h and asm-generic/unistd.h.

None: the machine never had the call.
"""

from typing import NamedTuple


class Numbers(NamedTuple):
    """One call's number on each machine we have a filter for."""

    x86_64: int
    aarch64: int | None


FORK = {
    "fork": Numbers(57, None),
    "vfork": Numbers(58, None),
    "execve": Numbers(59, 221),
    "execveat": Numbers(322, 281),
}
"""New processes. `clone` is not here: threads start through it."""

SOCKET = Numbers(41, 198)
SENDTO = Numbers(44, 206)
CONNECT = Numbers(42, 203)
CONNECTING = {"socket": SOCKET, "connect": CONNECT}
"""What a relay needs, and a child does not."""

SENDING_BY_ADDRESS = {"sendmsg": Numbers(46, 211), "sendmmsg": Numbers(307, 269)}
"""Can connect as they send (TCP Fast Open), which Landlock may not see. Refused to those who may make sockets."""

SERVING = {
    "accept": Numbers(43, 202),
    "bind": Numbers(49, 200),
    "listen": Numbers(50, 201),
    "accept4": Numbers(288, 242),
}
"""Waiting for others to connect."""

OTHER_PROCESSES = {
    "ptrace": Numbers(101, 117),
    "tkill": Numbers(200, 130),
    "rt_sigqueueinfo": Numbers(129, 138),
    "rt_tgsigqueueinfo": Numbers(297, 240),
    "process_vm_readv": Numbers(310, 270),
    "process_vm_writev": Numbers(311, 271),
    "kcmp": Numbers(312, 272),
    "pidfd_send_signal": Numbers(424, 424),
    "pidfd_open": Numbers(434, 434),
    "pidfd_getfd": Numbers(438, 438),
    "process_madvise": Numbers(440, 440),
}

FILES = {
    "creat": Numbers(85, None),
    "truncate": Numbers(76, 45),
    "ftruncate": Numbers(77, 46),
    "rename": Numbers(82, None),
    "mkdir": Numbers(83, None),
    "rmdir": Numbers(84, None),
    "link": Numbers(86, None),
    "unlink": Numbers(87, None),
    "symlink": Numbers(88, None),
    "chmod": Numbers(90, None),
    "fchmod": Numbers(91, 52),
    "chown": Numbers(92, None),
    "fchown": Numbers(93, 55),
    "lchown": Numbers(94, None),
    "mknod": Numbers(133, None),
    "utime": Numbers(132, None),
    "utimes": Numbers(235, None),
    "setxattr": Numbers(188, 5),
    "lsetxattr": Numbers(189, 6),
    "fsetxattr": Numbers(190, 7),
    "removexattr": Numbers(197, 14),
    "lremovexattr": Numbers(198, 15),
    "fremovexattr": Numbers(199, 16),
    "mkdirat": Numbers(258, 34),
    "mknodat": Numbers(259, 33),
    "fchownat": Numbers(260, 54),
    "futimesat": Numbers(261, None),
    "unlinkat": Numbers(263, 35),
    "renameat": Numbers(264, 38),
    "linkat": Numbers(265, 37),
    "symlinkat": Numbers(266, 36),
    "fchmodat": Numbers(268, 53),
    "utimensat": Numbers(280, 88),
    "fallocate": Numbers(285, 47),
    "renameat2": Numbers(316, 276),
    "fchmodat2": Numbers(452, 452),
}
"""Changes to files. Opening them for writing is refused by the flags of `open` and `openat`."""

KERNEL = {
    "mount": Numbers(165, 40),
    "umount2": Numbers(166, 39),
    "pivot_root": Numbers(155, 41),
    "chroot": Numbers(161, 51),
    "unshare": Numbers(272, 97),
    "setns": Numbers(308, 268),
    "open_tree": Numbers(428, 428),
    "move_mount": Numbers(429, 429),
    "fsopen": Numbers(430, 430),
    "fsconfig": Numbers(431, 431),
    "fsmount": Numbers(432, 432),
    "fspick": Numbers(433, 433),
    "mount_setattr": Numbers(442, 442),
    "open_by_handle_at": Numbers(304, 265),
    "swapon": Numbers(167, 224),
    "swapoff": Numbers(168, 225),
    "reboot": Numbers(169, 142),
    "sethostname": Numbers(170, 161),
    "setdomainname": Numbers(171, 162),
    "settimeofday": Numbers(164, 170),
    "clock_settime": Numbers(227, 112),
    "acct": Numbers(163, 89),
    "syslog": Numbers(103, 116),
    "quotactl": Numbers(179, 60),
    "init_module": Numbers(175, 105),
    "finit_module": Numbers(313, 273),
    "delete_module": Numbers(176, 106),
    "kexec_load": Numbers(246, 104),
    "kexec_file_load": Numbers(320, 294),
    "bpf": Numbers(321, 280),
    "perf_event_open": Numbers(298, 241),
    "userfaultfd": Numbers(323, 282),
    "io_uring_setup": Numbers(425, 425),
    "io_uring_enter": Numbers(426, 426),
    "io_uring_register": Numbers(427, 427),
    "add_key": Numbers(248, 217),
    "request_key": Numbers(249, 218),
    "keyctl": Numbers(250, 219),
    "personality": Numbers(135, 92),
    "fanotify_init": Numbers(300, 262),
}

MEMORY = {
    "shmget": Numbers(29, 194),
    "shmat": Numbers(30, 196),
    "msgget": Numbers(68, 186),
    "semget": Numbers(64, 190),
    "mq_open": Numbers(240, 180),
    "memfd_create": Numbers(319, 279),
    "memfd_secret": Numbers(447, 447),
}
"""Memory that RLIMIT_DATA does not count, and that can outlive its process."""

IOCTL = Numbers(16, 29)
MMAP = Numbers(9, 222)
CLONE = Numbers(56, 220)
CLONE3 = Numbers(435, 435)
OPEN = Numbers(2, None)
OPENAT = Numbers(257, 56)
OPENAT2 = Numbers(437, 437)
KILL = Numbers(62, 129)
TGKILL = Numbers(234, 131)
SETRLIMIT = Numbers(160, 164)
PRLIMIT64 = Numbers(302, 261)
