//! A frame for scripts. `kata xray --help` says what the names mean; they stay.

use super::frame::{Attachment, Bytes, Frame, Seen};
use crate::show::json::Json;

/// The frame.
pub fn of(frame: &Frame) -> Json {
    Json::Object(vec![("segments", Json::List(frame.segments.iter().map(segment).collect()))])
}

fn segment(seen: &Seen) -> Json {
    let segment = &seen.segment;
    let (bytes, withheld) = match &seen.bytes {
        Bytes::Read(bytes) => (Some(bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>()), None),
        Bytes::Withheld(reason) => (None, Some(reason.clone())),
    };
    Json::Object(vec![
        ("key", Json::number(segment.key)),
        ("id", Json::number(segment.id)),
        ("size", Json::number(segment.size as u64)),
        ("mode", Json::text(format!("{:03o}", segment.mode))),
        ("owner_uid", Json::number(segment.uid)),
        ("owner", Json::text(&seen.owner)),
        ("creator_uid", Json::number(segment.cuid)),
        ("creator", Json::text(&seen.creator)),
        ("creator_pid", Json::number(segment.cpid)),
        ("creator_process", Json::maybe(seen.creator_process.clone())),
        ("creator_ended", Json::Bool(seen.creator_ended)),
        ("nattch", Json::number(segment.nattch)),
        ("marked_for_removal", Json::Bool(segment.marked_for_removal)),
        ("locked", Json::Bool(segment.locked)),
        ("attachments", Json::List(seen.attachments.iter().map(attachment).collect())),
        ("attachments_unseen", Json::number(seen.unseen())),
        ("bytes", Json::maybe(bytes)),
        ("bytes_withheld", Json::maybe(withheld)),
    ])
}

fn attachment(attachment: &Attachment) -> Json {
    let mapping = &attachment.mapping;
    Json::Object(vec![
        ("pid", Json::number(attachment.pid)),
        ("process", Json::text(&attachment.process)),
        ("start", Json::text(format!("{:#x}", mapping.start))),
        ("end", Json::text(format!("{:#x}", mapping.end))),
        ("permissions", Json::text(mapping.permissions.to_string())),
    ])
}
