//! A bad address, and what it means. All of it is made and described without allocating, for a signal handler.

use std::fmt::{self, Write};

use libc::c_int;

use crate::{
    kernel::{Mapping, Permissions},
    process::signal_name,
};

/// How many return addresses are kept.
pub(super) const CALLS: usize = 24;

/// How many bytes [`Fault::encode`] makes.
pub(crate) const LENGTH: usize = 46 + 8 * CALLS;

/// `SEGV_ACCERR` of `<asm-generic/siginfo.h>`, which libc does not name: mapped, but not for this access.
const SEGV_ACCERR: c_int = 2;

/// A signal for a bad address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) signal: c_int,
    /// The kernel's reason, `si_code`.
    pub(crate) code: c_int,
    /// `si_addr`.
    pub(crate) address: u64,
    pub(crate) access: Access,
    /// The attachment that the address lies in, or next to.
    pub(crate) near: Option<Mapping>,
    /// Where in the program's file the fault was, and from where that was called; as many as are not 0.
    pub(crate) calls: [u64; CALLS],
}

/// What was tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    Unknown,
    Load,
    Store,
    /// The address was to be run as code.
    Jump,
}

impl Access {
    const ALL: [Self; 4] = [Self::Unknown, Self::Load, Self::Store, Self::Jump];

    fn words(self) -> &'static str {
        match self {
            Access::Unknown => "an access",
            Access::Load => "a load",
            Access::Store => "a store",
            Access::Jump => "a jump",
        }
    }
}

impl Fault {
    /// Farther away than this an address has nothing to do with an attachment.
    pub(super) const NEAR: u64 = 1 << 20;

    /// The address; `None` if the kernel names none: on x86-64 one that is not canonical.
    pub(crate) fn address(&self) -> Option<u64> {
        (self.code != libc::SI_KERNEL).then_some(self.address)
    }

    /// The fault in a sentence: `SIGSEGV (11) at address 0x7f0000001011: a load 17 bytes behind the end of segment 4 ...`.
    pub(crate) fn describe(&self, to: &mut impl Write) -> fmt::Result {
        let (name, signal) = (signal_name(self.signal), self.signal);
        let Some(address) = self.address() else {
            return write!(
                to,
                "{name} ({signal}): the kernel names no address, because it was none at all: were bytes taken for a pointer?"
            );
        };
        write!(to, "{name} ({signal}) at address {address:#x}: ")?;
        self.describe_place(address, to)
    }

    fn describe_place(&self, address: u64, to: &mut impl Write) -> fmt::Result {
        const SMALL: u64 = 1 << 16;
        const TOP: u64 = u64::MAX - SMALL;
        let access = self.access.words();
        match (address, &self.near) {
            (0, _) => {
                return write!(to, "{access} through a null pointer: which call returned it, and did that call fail?");
            }
            (1..SMALL, _) => {
                return write!(
                    to,
                    "{access} {address} bytes behind a null pointer, or through a small number, such as an id, that was \
                     taken for an address"
                );
            }
            (TOP.., _) => {
                return write!(
                    to,
                    "{access} through the address -1, with which shmat says that it failed: compare with it before you \
                     use the address"
                );
            }
            (_, None) if self.signal == libc::SIGBUS => {
                return write!(
                    to,
                    "{access} of what is mapped and has no memory behind it: a file shorter than its mapping?"
                );
            }
            (_, None) if self.code == SEGV_ACCERR => {
                return write!(to, "{access}, and the memory there is mapped, but not for that");
            }
            (_, None) => {
                return write!(
                    to,
                    "{access} where nothing is mapped: was it detached already, or is it an address of another process?"
                );
            }
            _ => {}
        }
        let Some(Mapping { start, end, permissions, id, .. }) = &self.near else { return Ok(()) };
        let (start, end) = (*start as u64, *end as u64);
        let rights = match (permissions.read, permissions.write) {
            (_, true) => "reading and writing",
            (true, false) => "reading alone",
            (false, false) => "neither reading nor writing",
        };
        let access = match self.access {
            // What the attachment allows is not refused.
            Access::Unknown if self.code == SEGV_ACCERR && permissions.read => "a store",
            _ => access,
        };
        if (start..end).contains(&address) {
            write!(to, "{access} within segment {id}")?;
        } else if address == end {
            write!(to, "{access} right behind the end of segment {id}")?;
        } else if address > end {
            write!(to, "{access} {} bytes behind the end of segment {id}", address - end)?;
        } else {
            write!(to, "{access} {} bytes before the beginning of segment {id}", start - address)?;
        }
        write!(to, ", which is attached for {rights} at {start:#x}-{end:#x}")
    }

    /// The bytes that [`decode`](Self::decode) reads.
    pub(crate) fn encode(&self) -> [u8; LENGTH] {
        let mut bytes = [0; LENGTH];
        let mut at = 0;
        let mut put = |part: &[u8]| {
            bytes[at..at + part.len()].copy_from_slice(part);
            at += part.len();
        };
        let access = Access::ALL.iter().position(|access| *access == self.access).unwrap_or_default();
        put(&self.signal.to_le_bytes());
        put(&self.code.to_le_bytes());
        put(&self.address.to_le_bytes());
        put(&[access as u8, self.near.is_some().into()]);
        let none = Permissions { read: false, write: false, execute: false, shared: false };
        let none = Mapping { start: 0, end: 0, permissions: none, id: 0, key: 0 };
        let near = self.near.as_ref().unwrap_or(&none);
        let Permissions { read, write, execute, shared } = near.permissions;
        put(&(near.start as u64).to_le_bytes());
        put(&(near.end as u64).to_le_bytes());
        put(&[read.into(), write.into(), execute.into(), shared.into()]);
        put(&near.id.to_le_bytes());
        put(&near.key.to_le_bytes());
        self.calls.iter().for_each(|call| put(&call.to_le_bytes()));
        bytes
    }

    /// The fault that [`encode`](Self::encode) wrote; `None` if it did not.
    pub(crate) fn decode(bytes: &[u8; LENGTH]) -> Option<Self> {
        let mut rest = bytes.as_slice();
        fn take<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
            let (part, after) = rest.split_first_chunk()?;
            *rest = after;
            Some(*part)
        }
        let signal = c_int::from_le_bytes(take(&mut rest)?);
        let code = c_int::from_le_bytes(take(&mut rest)?);
        let address = u64::from_le_bytes(take(&mut rest)?);
        let [access, is_near] = take(&mut rest)?;
        let access = *Access::ALL.get(usize::from(access))?;
        let start = usize::try_from(u64::from_le_bytes(take(&mut rest)?)).ok()?;
        let end = usize::try_from(u64::from_le_bytes(take(&mut rest)?)).ok()?;
        let [read, write, execute, shared] = take(&mut rest)?.map(|byte: u8| byte != 0);
        let id = c_int::from_le_bytes(take(&mut rest)?);
        let key = c_int::from_le_bytes(take(&mut rest)?);
        let permissions = Permissions { read, write, execute, shared };
        let near = (is_near != 0).then_some(Mapping { start, end, permissions, id, key });
        let mut calls = [0; CALLS];
        for call in &mut calls {
            *call = u64::from_le_bytes(take(&mut rest)?);
        }
        Some(Fault { signal, code, address, access, near, calls })
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.describe(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: usize = 0x7f00_0000_0000;

    fn fault(code: c_int, address: u64, access: Access, write: bool) -> Fault {
        let permissions = Permissions { read: true, write, execute: false, shared: true };
        let near = Some(Mapping { start: START, end: START + 4096, permissions, id: 4, key: 2345 });
        let near = near.filter(|_| address > 1 << 40 && address < 1 << 48);
        Fault { signal: libc::SIGSEGV, code, address, access, near, calls: [7; CALLS] }
    }

    #[test]
    fn an_address_is_told_by_what_lies_next_to_it() {
        let start = START as u64;
        for (code, address, access, write, expected) in [
            (
                1,
                start + 4096 + 17,
                Access::Load,
                true,
                "a load 17 bytes behind the end of segment 4, which is attached for reading and writing at 0x7f0000000000-0x7f0000001000",
            ),
            (1, start + 4096, Access::Store, true, "a store right behind the end of segment 4, "),
            (
                1,
                start - 8,
                Access::Unknown,
                false,
                "an access 8 bytes before the beginning of segment 4, which is attached for reading alone",
            ),
            (2, start + 100, Access::Store, false, "a store within segment 4, which is attached for reading alone"),
            // The processor does not say it, and a load would be allowed.
            (2, start + 100, Access::Unknown, false, "a store within segment 4, which is attached for reading alone"),
            (2, start + 100, Access::Jump, true, "a jump within segment 4"),
            (1, 0, Access::Store, true, "a store through a null pointer: "),
            (
                1,
                32,
                Access::Load,
                true,
                "a load 32 bytes behind a null pointer, or through a small number, such as an id",
            ),
            (1, u64::MAX, Access::Load, true, "a load through the address -1, with which shmat says"),
            (1, 1 << 30, Access::Load, true, "a load where nothing is mapped: "),
            (2, 1 << 30, Access::Load, true, "a load, and the memory there is mapped, but not for that"),
        ] {
            let text = fault(code, address, access, write).to_string();
            assert!(text.starts_with(&format!("SIGSEGV (11) at address {address:#x}: {expected}")), "{text}");
        }
        assert!(fault(libc::SI_KERNEL, 0, Access::Unknown, true).to_string().contains("names no address"));
    }

    #[test]
    fn what_is_encoded_is_decoded() {
        for address in [0, START as u64 + 5000] {
            let fault = fault(2, address, Access::Store, false);
            assert_eq!(Fault::decode(&fault.encode()), Some(fault));
        }
        let mut bytes = fault(1, 0, Access::Load, true).encode();
        bytes[16] = 9;
        assert_eq!(Fault::decode(&bytes), None, "there is no ninth access");
    }
}
