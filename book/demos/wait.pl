# Waits a second for a byte in shared memory, and a second for a byte from a pipe.
use IPC::SysV qw(shmat memread memwrite);
my $at = shmat(shmget(2345, 1024, 01600), undef, 0);
pipe my $end, my $other_end;
if (!fork) {
    sleep 1;
    memwrite($at, "x", 0, 1);
    sleep 1;
    syswrite $other_end, "x";
    exit;
}

sub cpu { my ($user, $kernel) = times; $user + $kernel }
sub how { print "$_[0]: ", cpu() - $_[1] > 0.1 ? "awake all the time" : "asleep until the byte came", "\n" }

my $start = cpu();
do { memread($at, $seen, 0, 1) } until $seen eq "x";
how("shared memory", $start);

$start = cpu();
sysread $end, $seen, 1;
how("a pipe", $start);
