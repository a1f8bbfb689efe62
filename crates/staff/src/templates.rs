//! What `dev new` writes: the files of a lesson that an author writes by hand. Every text that is still to be written
//! carries [`TODO`], which `dev check` does not let pass.

use shm_kata::course::Lesson;
use shm_kata::show::wording::lowercase_first;

/// Marks in a template what the author has to write.
pub const TODO: &str = "TODO(author)";

/// Where each template goes, from the root, and the template.
const TEMPLATES: [(&str, &str); 10] = [
    ("solutions/@FOLDER@/Cargo.toml", include_str!("../templates/Cargo.toml")),
    ("solutions/@FOLDER@/src/lib.rs", include_str!("../templates/lib.rs")),
    ("solutions/@FOLDER@/why.md", include_str!("../templates/why.md")),
    ("solutions/@FOLDER@/mistakes.md", include_str!("../templates/mistakes.md")),
    ("solutions/@FOLDER@/variants.md", include_str!("../templates/variants.md")),
    ("lessons/@FOLDER@/README.md", include_str!("../templates/card.md")),
    ("lessons/@FOLDER@/hints.md", include_str!("../templates/hints.md")),
    ("lessons/@FOLDER@/tests/@NAME@.rs", include_str!("../templates/tests.rs")),
    ("book/src/lessons/@FOLDER@.md", include_str!("../templates/chapter.md")),
    ("book/src/figures/@FOLDER@.html", include_str!("../templates/figure.html")),
];

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
        text.replace("@IDEA@", &lesson.idea).replace("@idea@", &lowercase_first(&lesson.idea))
    };
    TEMPLATES.iter().map(|(path, text)| (fill(path), fill(text))).collect()
}

fn before(lesson: &Lesson) -> String {
    lesson.number.saturating_sub(1).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_place_in_a_template_is_filled() {
        for (path, text) in files(&lesson(7, "owner", "It is mine")) {
            assert!(!path.contains('@') && !text.replace("@@ fn owner @@", "").contains('@'), "{path}: {text}");
            assert!(path.ends_with("Cargo.toml") || text.contains(TODO), "{path} asks its author for nothing");
        }
    }
}
