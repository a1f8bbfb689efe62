//! What `--help` says below the arguments.

pub const SHORT: &str = "\
Without a command: the current lesson. `kata --help` says how to begin, and what to do when you are stuck.";

pub const LONG: &str = "\
How to begin:
  cargo run                  your lesson, its first failing test, and which line to open. On a terminal it stays,
                             and checks again after every save; `?` shows its keys.
  lessons/01_key/README.md   the task. lessons/01_key/src/lib.rs is yours: each todo! is a blank.
  cargo kata next            the next lesson, once this one passes; `cargo kata list` shows them all.

When you are stuck:
  cargo kata hint key        a question; `hint key 2` is the call, `hint key 3` the shape of the code.
  test PATH:LINE             in the report: open it. A test is short, and says above what it wants.
  KATA_SEED=0x... cargo test ...
                             in the report: that test again, with the same keys and sizes.
  cargo kata xray            the segments, live: who has each mapped, and what changes in its bytes.
  cargo kata book            the walkthrough: the idea, with pictures.
  cargo kata doctor          whether it is the machine and not you.
  cargo kata solution key    the kata's way, and why. With --apply it goes into your files, and yours are kept.

`cargo kata ARGS` is short for `cargo run -- ARGS`. A lesson goes by its number, name or folder.
Exit codes: 0 the lesson passes, 1 it does not, 2 the kata could not run.
With --plain, or where TERM=dumb, what marks and columns say is said in words, and nothing moves.";

pub const ABOUT_WATCH: &str = "\
Watches a lesson's files and checks it after every save: the current lesson, unless named. This is what `cargo run`
alone does on a terminal. `?` shows the keys, q quits.

Where no file events come (some shared folders), the files are looked at four times a second; KATA_POLL=1 does so
from the start. r always runs.";

pub const WATCH: &str = "\
Examples:
  cargo kata watch                 the current lesson
  cargo kata watch shmat           lesson 3
  cargo kata watch shmat --plain   line by line; the same letters, each followed by Enter";

pub const HINT: &str = "\
Examples:
  cargo kata hint shmget      the first hint of lesson 2: a question
  cargo kata hint shmget 2    the call to make; 3 is the shape of the code

Exit codes: 0 shown, 2 not.";

pub const RESET: &str = "\
Example:
  cargo kata reset shmget    asks, then says where your files are now and how they come back

Exit codes: 0 it is as it was, 1 you said no, 2 it could not be done.";

pub const SOLUTION: &str = "\
Examples:
  cargo kata solution shmget            the code, then why it is as it is
  cargo kata solution shmget --apply    puts it in, to begin with a later lesson; says how yours comes back

Exit codes: 0 done, 2 not.";

pub const DIFF: &str = "\
Example:
  cargo kata diff shmget    - is a line of yours, + one of the solution's; asks before the lesson passes

Exit codes: 0 nothing differs, 1 something does, 2 it could not be shown.";

pub const ABOUT_BOOK: &str = "\
Builds the walkthrough when it is older than its sources, serves it on 127.0.0.1 and opens it in the browser at the
chapter of the lesson. Ctrl-C ends it. The first time compiles mdBook, which takes a minute or two; an mdbook of your
own does as well: mdbook serve book";

pub const BOOK: &str = "\
Examples:
  cargo kata book                    the chapter of your lesson, in the browser
  cargo kata book shmat --no-open    the address alone, for a browser elsewhere

Exit codes: 0 it was shown, 2 it could not be.";

pub const NEXT: &str = "\
Example:
  cargo kata next    the title, where the task is, and how to check it

Exit codes: 0 shown, 2 not.";

pub const LIST: &str = "\
Examples:
  cargo kata list                  the board
  cargo kata list --format json    for scripts

With --format json, {\"lessons\": [...]}, each with these fields, whose names stay:
  number, name, idea        as on the board
  folder                    the lesson's, from the kata's root
  standing                  done; partial: passed as far as this machine can show; changed: passed, and its
                            files have changed since; not-yet
  current                   whether `cargo run` checks it next; with every lesson passed, none is

Exit codes: 0 shown, 2 not.";

pub const CHECK: &str = "\
Examples:
  cargo kata check           the current lesson
  cargo kata check 3         lesson 3; its name or folder will do as well
  cargo kata check --all     a line a lesson, then the first that fails

With --format json, {\"passes\": what the exit code says, \"checks\": [...]}, one a lesson checked, none if no lesson
is left, each with these fields, whose names stay:
  number, name              the lesson's
  verdict                   passed; partial: every test that this machine can run; failed; does-not-compile
  tests                     in the order of the test file, each with
    name                    as cargo test knows it
    outcome                 passed, skipped, failed, or missing: the test program ended without a word of it
    reason                  why it was skipped, or null
    failure                 null, or
      kind                  failed, crashed, out-of-time, ended-early, left-running or garbled, as the sandbox
                            calls it; bare: a panic that no sandbox saw
      at                    {path, line} of the failure, or null
      blank                 {path, line, task} of the todo! that it ran into, or null
      text                  the report, with the table of segments and the line that runs the test again
  died                      how the test program ended, if before its last line, or null
  fallback                  why the tests had no namespaces of their own, or null
  warnings                  how many the compiler has about the lesson
  errors                    the compiler's errors, if it does not compile
  blocking                  {lesson, how} of the earlier lesson in the way, or null; how is does-not-compile,
                            blank (a todo! of its own was reached), changed or not-yet
  guide                     for the first failure, or null: open, the PATH:LINE to work on; test, {path, line};
                            about, what the test teaches
Paths are from the kata's root.

Exit codes: 0 every lesson checked passes, 1 one does not, or in part, 2 it could not be checked, and the reason is
on standard error.";

pub const DOCTOR: &str = "\
Examples:
  cargo kata doctor            a line for each thing it looks at, and what to do where something is wrong
  cargo kata doctor --clean    asks, then removes what your programs left behind

A segment is left behind when a program of yours made it, the process that made it has ended, and nobody is
attached. It may be a message that still waits for its reader, so --clean asks. It removes no other segment.

With --format json, {\"to_mend\": how many, \"findings\": [...]}, each with these fields, whose names stay:
  name      cargo, rustc, linker, kernel, machine, limits, namespaces, lesson (one a lesson, in the kata: whether
            its tests get the namespaces that they want), ipcs, perl, or left-behind (one a segment)
  health    fine; note: the kata works, and something is worth knowing; mend: it wants to be mended
  says      what was found
  advice    what follows, and what to do, or null

Exit codes: 0 nothing to mend, 1 something, 2 it could not look, or had nobody to ask.";

pub const XRAY: &str = "\
Examples:
  cargo kata xray                       on a terminal: ten times a second, with what changes; `?` shows the keys
  cargo kata xray --once --key 0x929    one frame of one segment: this is the key of the lessons' programs
  cargo kata xray --format json         one frame, for scripts

Live, it wants a terminal. Bytes that have changed since the last look are reversed, then bold for a second, and a line
says when, how many and where; changes are seen in the bytes on screen, since no others are read. A segment that is
removed is shown as such for three seconds. In a frame, equal rows of bytes in succession are shown once, with a * for
the others.

What it touches: a frame attaches each segment for reading and detaches it again; live, every look does that with the
selected segment. nattch is then what it was; the table and everybody's mappings are read before, so that this program
is not among those shown. The kernel notes the look all the same: lpid, atime and dtime change, and a page that nobody
had touched takes memory from then on. A segment that the look would remove (kernel.shm_rmid_forced) is not attached.
Live, who is attached is looked up when the table changes and once a second, and less often where that takes long.

With --format json, {\"segments\": [...]}, each with these fields, whose names stay:
  key, id, size             numbers; the size is in bytes, key 0 means that it has none
  mode                      three octal digits
  owner_uid, owner          who may change and remove it; the name, or the number again
  creator_uid, creator      who made it
  creator_pid               the process that made it; 0 if it is not visible here
  creator_process           its program, or null
  creator_ended             whether that process has certainly ended
  nattch                    how many attachments the kernel counts
  marked_for_removal        whether it goes with its last detach (`dest`)
  locked                    whether its pages are locked in memory
  attachments               [{pid, process, start, end, permissions}]; addresses in hexadecimal, as texts
  attachments_unseen        how many of nattch are in processes that may not be looked into
  bytes                     the first bytes in hexadecimal, or null
  bytes_withheld            why there are none, or null

Exit codes: 0 it is shown (or there is no segment at all), 1 none has the key or id asked for (one frame; live, it
waits for one), 2 it could not look.";

pub const COMPLETIONS: &str = "\
A shell completes what is typed as `kata`, so it wants a function of that name. Two lines each, the first of them typed
once, here in the kata's folder, and again when a lesson or a command is new:

  bash   cargo kata completions bash > ~/.kata.bash
         echo 'kata() { cargo kata \"$@\"; }; . ~/.kata.bash' >> ~/.bashrc
  zsh    cargo kata completions zsh > ~/.kata.zsh
         echo 'kata() { cargo kata \"$@\"; }; autoload -U compinit; compinit; . ~/.kata.zsh' >> ~/.zshrc
  fish   cargo kata completions fish > ~/.kata.fish
         echo 'function kata; cargo kata $argv; end; source ~/.kata.fish' >> ~/.config/fish/config.fish

In a new shell `kata hint <Tab>` then offers the lessons. The function works wherever `cargo kata` does.";
