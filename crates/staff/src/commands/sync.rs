//! `kata dev sync`: writes what follows from the solutions and the chapters.

use clap::Command;

use crate::generated;
use shm_kata::course::{Course, Lesson};
use shm_kata::exit::Answer;
use shm_kata::out::emit;
use shm_kata::trouble::Trouble;

pub fn definition() -> Command {
    Command::new("sync").about("Write what follows from the solutions and chapters: starters, manifests, lists of lessons").after_help(
        "The starters and manifests in lessons/ come from solutions/. The table in README.md, the lessons' lines in\n\
         book/src/SUMMARY.md and the times in book/src/teachers.md come from the folders, the chapters and the cards.\n\
         solutions/Cargo.lock is brought up to date.",
    )
}

pub fn run(course: &Course) -> Result<Answer, Trouble> {
    let lessons: Vec<&Lesson> = course.lessons.iter().collect();
    let written = generated::write(course, &lessons)?;
    for path in &written {
        emit(&format!("wrote  {}\n", path.display()));
    }
    if written.is_empty() {
        emit("The starters are what the solutions generate, and so is everything else that is generated.\n");
    }
    Ok(Answer::Yes)
}
