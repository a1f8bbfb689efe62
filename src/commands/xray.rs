//! `kata xray`: the segments, who has them mapped and where, and the bytes in them.

use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Command, value_parser};

use super::context::{Context, Entry, flag, format, wants_json};
use crate::exit::Answer;
use crate::show::paint::Paint;
use crate::terminal;
use crate::trouble::{Trouble, cannot};
use crate::xray::{self, Wanted};

pub const ENTRY: Entry = Entry { definition, run };

fn definition() -> Command {
    Command::new("xray")
        .about("Show the System V segments: their bytes, which processes attached them, and what happens to them")
        .after_help("`kata xray --help` says what a look changes, and explains the JSON.")
        .after_long_help(HELP)
        .arg(flag("once", "Print the segments once, and end"))
        .arg(
            Arg::new("key")
                .long("key")
                .value_name("KEY")
                .value_parser(xray::parse_key)
                .allow_negative_numbers(true)
                .help("Show only the segment with this key (decimal, or hexadecimal with 0x)"),
        )
        .arg(
            Arg::new("id")
                .long("id")
                .value_name("ID")
                .value_parser(xray::parse_id)
                .help("Show only the segment with this id"),
        )
        .arg(
            Arg::new("bytes")
                .long("bytes")
                .value_name("N")
                .value_parser(value_parser!(usize))
                .default_value("1024")
                .help("How many bytes of each segment to print, from the first on (with --once or JSON)"),
        )
        .arg(format())
}

/// Live on a terminal; with `--once` one frame. Works without a kata.
fn run(matches: &ArgMatches, context: &Context) -> Result<Answer, Trouble> {
    let wanted = Wanted { key: matches.get_one("key").copied(), id: matches.get_one("id").copied() };
    // JSON is one frame, and so are words, even without the option.
    if !matches.get_flag("once") && !wants_json(matches) && context.paint != Paint::Words {
        if matches.value_source("bytes") == Some(ValueSource::CommandLine) {
            return Err(cannot("--bytes needs --once or --format json", "cargo kata xray --once --bytes N"));
        }
        if !terminal::is_there() {
            return Err(cannot(
                "the live x-ray needs a terminal; to print the segments once:",
                "cargo kata xray --once",
            ));
        }
        return xray::live(wanted);
    }
    let length = matches.get_one::<usize>("bytes").copied().unwrap_or_default();
    xray::once(wanted, length, wants_json(matches), context.paint)
}

/// What `--help` says below the arguments.
const HELP: &str = "\
Examples:
  cargo kata xray                       Shows the segments live, on a terminal. `?` shows the keys.
  cargo kata xray --once --key 0x929    Prints one segment once. The lessons' programs use this key.
  cargo kata xray --format json         Prints the segments once, for scripts.

Live, it looks ten times a second. Bytes that have changed are reversed, and then bold for a second. Only the bytes on
screen are read, and those to the end of their memory page, so changes elsewhere in the segment are not seen. Below, or
to the right where there is room, are the events with their time: which process created, attached or detached a
segment or exited, what was stored, what was marked for removal or removed. An event that is over within a tenth of a
second can be missed; of a process that attached and detached between two looks, only its number is known.
Rows of bytes that are all alike are one line: \"… 992 zero bytes\".

What a look changes: to read a segment, kata attaches it for reading and detaches it again. It reads the kernel's table
and the other processes' mappings before that, so its own attachment is not shown, and nattch is as before afterwards.
But the kernel sets lpid, atime and dtime, and a page that no process had touched takes memory from then on. With
kernel.shm_rmid_forced=1 the look would remove a segment that no process is attached to; then its bytes are not read.
Live, only the selected segment is attached. The processes' mappings are read when the table changes and once a second,
and less often where reading them takes long.

--format json prints {\"segments\": [...]}. Each segment has these fields, and their names will not change:
  key, id, size             numbers; the size is in bytes; key 0 means that it has no key
  mode                      three octal digits
  owner_uid, owner          who may change and remove it: the user's number, and the name if there is one
  creator_uid, creator      who created it
  creator_pid               the process that created it; 0 if it is not visible from here
  creator_process           the name of its program, or null
  creator_ended             whether that process has certainly ended
  nattch                    how many attachments the kernel counts
  marked_for_removal        whether its last detach removes it (`dest`); its key was taken away
  locked                    whether its pages are locked in memory
  attachments               [{pid, process, start, end, permissions}]; addresses are texts, in hexadecimal
  attachments_unseen        how many of nattch are in processes that you may not look into
  bytes                     the first bytes in hexadecimal, or null
  bytes_withheld            why there are none, or null

Exit codes: 0 the segments were shown, or there is none, 1 no segment has the key or id asked for (live, kata waits for
one instead), 2 the segments could not be read.";
