//! Who holds a segment, asked in a sandbox.

use kata::{
    calls::shm::{Access, Attached},
    kernel::{Holder, holders},
    sandbox::sandbox,
};

#[test]
fn whoever_attached_a_segment_is_found_with_the_address() {
    sandbox(|s| {
        let planted = s.plant(s.key(), 5000, 0o600);
        let of_it = |holder: &Holder| holder.mappings.iter().filter(|mapping| mapping.id == planted.id()).count();
        assert!(holders().unwrap().iter().all(|holder| of_it(holder) == 0));

        let mut stranger = s.stranger();
        let there = stranger.attach(planted.id()).unwrap();
        let here = Attached::new(planted.id(), Access::ReadOnly).unwrap();
        let found = holders().unwrap();
        let own = std::process::id().cast_signed();
        for (pid, address, permissions) in [(own, here.address(), "r--s"), (stranger.pid(), there, "rw-s")] {
            let holder = found.iter().find(|holder| holder.pid == pid).expect("the process is listed");
            let mapping = holder.mappings.iter().find(|mapping| mapping.id == planted.id()).expect("its mapping");
            assert_eq!((mapping.start, mapping.permissions.to_string().as_str()), (address, permissions));
            assert!(!holder.name.is_empty() && !holder.name.ends_with('\n'));
        }
        assert!(found.is_sorted_by_key(|holder| holder.pid));
    });
}
