//! System calls as a test makes them itself, without the code under test: a file a family.

pub mod shm;
