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
        .about("Watch the System V segments: who has them mapped and where, and what changes in their bytes")
        .after_help("`kata xray --help` says what it touches, and what the names in its JSON mean.")
        .after_long_help(HELP)
        .arg(flag("once", "Show one frame, then end"))
        .arg(
            Arg::new("key")
                .long("key")
                .value_name("KEY")
                .value_parser(xray::parse_key)
                .allow_negative_numbers(true)
                .help("The segment with this key alone; decimal, or hexadecimal with 0x"),
        )
        .arg(
            Arg::new("id")
                .long("id")
                .value_name("ID")
                .value_parser(xray::parse_id)
                .help("The segment with this id alone"),
        )
        .arg(
            Arg::new("bytes")
                .long("bytes")
                .value_name("N")
                .value_parser(value_parser!(usize))
                .default_value("1024")
                .help("How many bytes of each segment one frame shows, from its first on"),
        )
        .arg(format())
}

/// Live on a terminal; with `--once` one frame. Works without a kata.
fn run(matches: &ArgMatches, context: &Context) -> Result<Answer, Trouble> {
    let wanted = Wanted { key: matches.get_one("key").copied(), id: matches.get_one("id").copied() };
    // JSON is one frame, and so are words, whether somebody says so or not.
    if !matches.get_flag("once") && !wants_json(matches) && context.paint != Paint::Words {
        if matches.value_source("bytes") == Some(ValueSource::CommandLine) {
            return Err(cannot("--bytes says how much one frame shows", "cargo kata xray --once --bytes N"));
        }
        if !terminal::is_there() {
            return Err(cannot("the live x-ray needs a terminal; this shows one frame:", "cargo kata xray --once"));
        }
        return xray::live(wanted);
    }
    let length = matches.get_one::<usize>("bytes").copied().unwrap_or_default();
    xray::once(wanted, length, wants_json(matches), context.paint)
}

/// What `--help` says below the arguments.
const HELP: &str = "\
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
