# Provokes every errno that System V shared memory has for one user, each in the cheapest way.
use IPC::SysV qw(ftok IPC_CREAT IPC_EXCL IPC_STAT IPC_SET IPC_RMID SHM_RDONLY SHM_RND);
use constant { SHM_REMAP => 040000, SHM_EXEC => 0100000 };

my $new = IPC_CREAT | IPC_EXCL;
my ($here, $none) = (2345, 4711);    # a key that is taken, one that is free
my $id = shmget($here, 1000, $new | 0600);

sub shmat { syscall(30, @_) }        # 30, 31, 67: shmat, shmctl, shmdt on x86-64
sub shmctl_at { syscall(31, @_) }
sub shmdt { syscall(67, @_) }

sub try {
    my ($what, $call) = @_;
    $! = 0;
    my $result = $call->();
    my ($name) = grep { $!{$_} } keys %!;
    printf "%-52s %s\n", $what, defined $result && $result ne "-1" ? "works" : $name;
}

mkdir "locked", 0600;
symlink "circle", "circle";
try "ftok of a missing file",                              sub { ftok("missing", 1) };
try "ftok of a path through a file",                       sub { ftok("/etc/passwd/x", 1) };
try "ftok of a path through a directory without x",        sub { ftok("locked/x", 1) };
try "ftok of a symbolic link to itself",                   sub { ftok("circle", 1) };
try "ftok of a name of 256 bytes",                         sub { ftok("x" x 256, 1) };
rmdir "locked";
unlink "circle";

try "shmget(free key, 1000, 0)",                           sub { shmget($none, 1000, 0) };
try "shmget(free key, 1000, IPC_EXCL)",                    sub { shmget($none, 1000, IPC_EXCL) };
try "shmget(taken key, 1000, IPC_CREAT | IPC_EXCL | 0600)", sub { shmget($here, 1000, $new | 0600) };
try "shmget(taken key, 1001, 0)",                          sub { shmget($here, 1001, 0) };
try "shmget(free key, 0, IPC_CREAT | 0600)",               sub { shmget($none, 0, IPC_CREAT | 0600) };
try "shmget(free key, 2^64 - 1, IPC_CREAT | 0600)",        sub { shmget($none, -1, IPC_CREAT | 0600) };
try "shmget(free key, 2^45, IPC_CREAT | 0600)",            sub { shmget($none, 1 << 45, IPC_CREAT | 0600) };
my $read_only = shmget(2346, 1000, $new | 0400);
my $closed = shmget(2347, 1000, $new);
try "shmget(key of mode 0400, 0, 0600)",                   sub { shmget(2346, 0, 0600) };
try "shmget(key of mode 0, 0, 0)",                         sub { shmget(2347, 0, 0) };

try "shmat(-1, NULL, 0)",                                  sub { shmat(-1, 0, 0) };
try "shmat(id, address + 1, 0)",                           sub { shmat($id, 0x10000001, 0) };
try "shmat(id, an address in use, 0)",                     sub { shmat($id, shmat($id, 0, 0), 0) };
try "shmat(id, NULL, SHM_REMAP)",                          sub { shmat($id, 0, SHM_REMAP) };
try "shmat(id of mode 0400, NULL, 0)",                     sub { shmat($read_only, 0, 0) };
try "shmat(id of mode 0400, NULL, SHM_RDONLY)",            sub { shmat($read_only, 0, SHM_RDONLY) };
try "shmat(id of mode 0, NULL, SHM_RDONLY)",               sub { shmat($closed, 0, SHM_RDONLY) };
try "shmat(id of mode 0600, NULL, SHM_EXEC)",              sub { shmat($id, 0, SHM_EXEC) };
try "shmat(id, 1, SHM_RND)",                               sub { shmat($id, 1, SHM_RND) };

my $base = shmat(shmget(2348, 10_000, $new | 0600), 0, 0);
try "shmdt(NULL)",                                         sub { shmdt(0) };
try "shmdt(base + 1)",                                     sub { shmdt($base + 1) };
try "shmdt(base + 4096)",                                  sub { shmdt($base + 4096) };
try "shmdt(base)",                                         sub { shmdt($base) };
try "shmdt(base), once more",                              sub { shmdt($base) };

try "shmctl(-1, IPC_STAT, record)",                        sub { shmctl(-1, IPC_STAT, my $record) };
try "shmctl(id, IPC_STAT, 1)",                             sub { shmctl_at($id, IPC_STAT, 1) };
try "shmctl(id, 4711, NULL)",                              sub { shmctl_at($id, 4711, 0) };
try "shmctl(id of mode 0, IPC_STAT, record)",              sub { shmctl($closed, IPC_STAT, my $record) };
try "shmctl(id, IPC_SET, a record with uid -1)",           sub { shmctl($id, IPC_SET, my $record = pack "l l x104", 0, -1) };
try "shmctl(id of mode 0, IPC_RMID, NULL)",                sub { shmctl_at($closed, IPC_RMID, 0) };
try "shmctl(that id, IPC_RMID, NULL), once more",          sub { shmctl_at($closed, IPC_RMID, 0) };
