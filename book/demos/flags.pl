# Attaches one segment four times: NULL with a flag, three addresses with and without one.
my $id = shmget(2345, 1024, 01600);
for ([0, 010000], [0x10000000, 0], [0x20000123, 0], [0x20000123, 020000]) {
    my ($where, $flags) = @$_;
    my $at = syscall(30, $id, $where, $flags);    # 30: shmat on x86-64
    printf "shmat(id, %#x, %#o) = %s\n", $where, $flags, $at == -1 ? $! : sprintf "%#x", $at;
}
