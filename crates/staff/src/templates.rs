//! What `dev new` writes: the files of a lesson that an author writes by hand, from the sections of `templates.md`. Every
//! text that is still to be written carries [`TODO`], which `dev check` does not let pass.

use shm_kata::course::Lesson;
use walkthrough::sections::sections;

/// Marks in a template what the author has to write.
pub const TODO: &str = "TODO(author)";

/// A section for each file: its path, from the root, and a block with the file's text.
const TEMPLATES: &str = include_str!("templates.md");

/// A lesson as the templates begin it: it has no program, and rests on no other lesson.
pub fn lesson(number: u32, name: &str, idea: &str) -> Lesson {
    let folder = format!("{number:02}_{name}");
    Lesson { number, name: name.to_owned(), folder, idea: idea.to_owned(), needs: Vec::new(), programs: Vec::new() }
}

/// The files of the lesson: their paths from the root, and what they begin as. Rust is not formatted yet.
pub fn files(lesson: &Lesson) -> Vec<(String, String)> {
    let fill = |text: &str| {
        let text = text.replace("@NAME@", &lesson.name).replace("@FOLDER@", &lesson.folder);
        let text = text.replace("@NUMBER@", &lesson.number.to_string()).replace("@BEFORE@", &before(lesson));
        // In ids of HTML words are joined by hyphens.
        let text = text.replace("@ID@", &lesson.folder.replace('_', "-"));
        text.replace("@IDEA@", &lesson.idea).replace("@idea@", &lesson.idea_within())
    };
    let (templates, faults) = sections(TEMPLATES);
    assert!(faults.is_empty(), "templates.md: {faults:?}");
    let files = templates.iter().map(|template| match (&template.words[..], &template.blocks[..]) {
        ([(_, path)], [block]) => (fill(path.trim_matches('`')), fill(&block.text())),
        _ => panic!("templates.md: the section {} is not a path and a block", template.name),
    });
    files.collect()
}

fn before(lesson: &Lesson) -> String {
    lesson.number.saturating_sub(1).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_place_in_a_template_is_filled() {
        let files = files(&lesson(7, "owner", "It is mine"));
        assert!(files.iter().any(|(path, _)| path == "lessons/07_owner/tests/owner.rs"), "{files:?}");
        for (path, text) in files {
            assert!(!path.contains('@') && !text.replace("@@ fn owner @@", "").contains('@'), "{path}: {text}");
            assert!(path.ends_with("Cargo.toml") || text.contains(TODO), "{path} asks its author for nothing");
        }
    }
}
