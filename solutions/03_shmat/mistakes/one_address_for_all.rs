//! Attaches once and hands the same address out again. The first who detaches takes the memory from all the others.
//!
//! Caught by: each_attachment_has_an_address_of_its_own

use std::collections::HashMap;
use std::sync::Mutex;

static BASES: Mutex<Option<HashMap<(i32, bool), usize>>> = Mutex::new(None);

pub fn attach(id: ShmId, access: Access) -> io::Result<NonNull<u8>> {
    let mut bases = BASES.lock().expect("nobody panics with the addresses in hand");
    let bases = bases.get_or_insert_default();
    let read_only = access == Access::ReadOnly;
    let base = match bases.get(&(id.as_raw(), read_only)) {
        Some(&base) => base,
        None => {
            let flags = if read_only { libc::SHM_RDONLY } else { 0 };
            // SAFETY: with no address given the kernel picks a free one, so no memory in use is replaced.
            let address = unsafe { libc::shmat(id.as_raw(), std::ptr::null(), flags) };
            if address as isize == -1 {
                return Err(io::Error::last_os_error());
            }
            bases.insert((id.as_raw(), read_only), address as usize);
            address as usize
        }
    };
    Ok(NonNull::new(base as *mut u8).expect("the kernel picks address 0 for nobody"))
}
