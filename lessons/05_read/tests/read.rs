//! The tests of this lesson.
