//! What `--help` says below the arguments.

pub const AFTER_HELP: &str = "\
Without a command: the board, and the current lesson's tests.

Exit codes: 0 the lesson passes, 1 it does not, 2 the kata could not run.
`cargo kata ARGS` is short for `cargo run -- ARGS`.";

pub const LIST_HELP: &str = "\
With --format json, {\"lessons\": [...]}, each with these fields, whose names stay:
  number, name, idea        as on the board
  folder                    the lesson's, from the kata's root
  standing                  done; partial: passed as far as this machine can show; changed: passed, and its
                            files have changed since; not-yet
  current                   whether `cargo run` checks it next; with every lesson passed, none is

Exit codes: 0 shown, 2 not.";

pub const CHECK_HELP: &str = "\
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

pub const DOCTOR_HELP: &str = "\
A segment is left behind when a program of yours made it, the process that made it has ended, and nobody is
attached. It may be a message that still waits for its reader, so --clean asks. It removes no other segment.

With --format json, {\"to_mend\": how many, \"findings\": [...]}, each with these fields, whose names stay:
  name      cargo, rustc, linker, kernel, machine, limits, namespaces, lesson (one a lesson, in the kata: whether
            its tests get the namespaces that they want), ipcs, perl, or left-behind (one a segment)
  health    fine; note: the kata works, and something is worth knowing; mend: it wants to be mended
  says      what was found
  advice    what follows, and what to do, or null

Exit codes: 0 nothing to mend, 1 something, 2 it could not look, or had nobody to ask.";

pub const XRAY_HELP: &str = "\
Equal rows of bytes in succession are shown once, with a * for the others.

What it touches: it attaches each segment for reading and detaches it again. nattch is then what it was;
the table and everybody's mappings are read before, so that this program is not among those shown. The kernel notes
the look all the same: lpid, atime and dtime change, and a page that nobody had touched takes memory from then on.
A segment that the look would remove (kernel.shm_rmid_forced) is not attached.

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

Exit codes: 0 it is shown (or there is no segment at all), 1 none has the key or id asked for, 2 it could not look.";

pub const COMPLETIONS_HELP: &str = "\
A shell completes what is typed as `kata`, so it wants a function of that name. Two lines each, the first of them typed
once, here in the kata's folder, and again when a lesson or a command is new:

  bash   cargo kata completions bash > ~/.kata.bash
         echo 'kata() { cargo kata \"$@\"; }; . ~/.kata.bash' >> ~/.bashrc
  zsh    cargo kata completions zsh > ~/.kata.zsh
         echo 'kata() { cargo kata \"$@\"; }; autoload -U compinit; compinit; . ~/.kata.zsh' >> ~/.zshrc
  fish   cargo kata completions fish > ~/.kata.fish
         echo 'function kata; cargo kata $argv; end; source ~/.kata.fish' >> ~/.config/fish/config.fish

In a new shell `kata hint <Tab>` then offers the lessons. The function works wherever `cargo kata` does.";
