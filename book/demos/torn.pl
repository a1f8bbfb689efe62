# One process writes 65536 times A, then as many B, and so on. Another reads, and they have agreed on nothing.
my $size = 65536;
my $id = shmget(2345, $size, 01600) // die "shmget: $!\n";
my $writer = fork // die "fork: $!\n";
if (!$writer) {
    for (;;) { shmwrite($id, $_ x $size, 0, $size) for "A", "B" }
}
my $torn;
for (my $reads = 0; !$torn && $reads < 1_000_000; $reads++) {
    shmread($id, my $seen, 0, $size);
    $torn = $seen =~ /AB|BA/;
}
kill KILL => $writer;
print $torn ? "one read: half of one message, half of another\n" : "a million reads, and each was whole\n";
