//! The lessons. Nothing lists them but their folders: `lessons/NN_name`.

use std::fs;
use std::path::{Path, PathBuf};

use strsim::damerau_levenshtein;

use crate::trouble::{self, Trouble, cannot};

/// The kata on disk.
#[derive(Debug, Clone)]
pub struct Course {
    pub root: PathBuf,
    /// In the order of their numbers.
    pub lessons: Vec<Lesson>,
}

/// One step. Its package, its test file and its progress go by its name, so that it can be renumbered.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lesson {
    pub number: u32,
    pub name: String,
    /// `02_shmget`
    pub folder: String,
    /// The lesson in a few words: the description in its Cargo.toml.
    pub idea: String,
    /// The folders of the earlier lessons that its manifest names: `01_key`.
    pub needs: Vec<String>,
    /// The names of its programs.
    pub programs: Vec<String>,
}

impl Lesson {
    /// The test file, from the kata's root.
    pub fn test_file(&self) -> String {
        format!("lessons/{}/tests/{}.rs", self.folder, self.name)
    }

    /// Its idea as it goes on behind a colon.
    pub fn idea_within(&self) -> String {
        let mut chars = self.idea.chars();
        // An acronym keeps its capitals.
        match (chars.next(), chars.clone().next()) {
            (Some(first), Some(second)) if !second.is_uppercase() => first.to_lowercase().chain(chars).collect(),
            _ => self.idea.clone(),
        }
    }
}

impl Course {
    /// The kata at `flag`, or above the current directory, or where cargo says that the runner's package is.
    pub fn find(flag: Option<&Path>) -> Result<Self, Trouble> {
        if let Some(root) = flag {
            let root = root.canonicalize().map_err(|error| trouble::file("open", root, &error))?;
            return if is_kata(&root) { Self::read(root) } else { Err(not_a_kata(&root)) };
        }
        let here = std::env::current_dir().map_err(|error| trouble::file("open", Path::new("."), &error))?;
        let package = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
        let above = here.ancestors().map(Path::to_path_buf).chain(package).find(|dir| is_kata(dir));
        let root = above.ok_or_else(|| not_a_kata(&here))?;
        // As cargo names it, links resolved: its messages are compared with our paths.
        Self::read(root.canonicalize().map_err(|error| trouble::file("open", &root, &error))?)
    }

    fn read(root: PathBuf) -> Result<Self, Trouble> {
        let folder = root.join("lessons");
        let names = fs::read_dir(&folder).map_err(|error| trouble::file("read", &folder, &error))?;
        let mut lessons: Vec<_> = names
            .flatten()
            .filter_map(|entry| {
                lesson(entry.file_name().to_str()?, &fs::read_to_string(entry.path().join("Cargo.toml")).ok()?)
            })
            .collect();
        lessons.sort_by_key(|lesson| lesson.number);
        if lessons.is_empty() {
            return Err(cannot(format!("there is no lesson in {}", folder.display()), "Is the clone complete?"));
        }
        Ok(Self { root, lessons })
    }

    /// The lesson that `asked` means: its number, its name or its folder.
    pub fn lesson(&self, asked: &str) -> Result<&Lesson, Trouble> {
        let plain = asked.trim_end_matches('/').trim_start_matches("lessons/");
        let number = plain.parse::<u32>().ok();
        let found = self
            .lessons
            .iter()
            .find(|lesson| lesson.name == plain || lesson.folder == plain || number == Some(lesson.number));
        found.ok_or_else(|| {
            let near = self.lessons.iter().map(|lesson| (damerau_levenshtein(&lesson.name, plain), lesson));
            let near = near
                .filter(|(distance, lesson)| *distance * 2 <= lesson.name.len())
                .min_by_key(|(distance, _)| *distance);
            let all: Vec<_> = self.lessons.iter().map(|lesson| format!("{} {}", lesson.number, lesson.name)).collect();
            let guess = near.map_or(String::new(), |(_, lesson)| format!("Did you mean `{}`? ", lesson.name));
            cannot(format!("there is no lesson `{asked}`"), format!("{guess}The lessons: {}.", all.join(", ")))
        })
    }

    /// The lesson whose own files `path` (from the root, as the compiler prints it) is among.
    pub fn owner_of(&self, path: &str) -> Option<&Lesson> {
        let folder = path.strip_prefix("lessons/")?.split('/').next()?;
        self.lessons.iter().find(|lesson| lesson.folder == folder)
    }

    /// The earlier lessons that the lesson builds on, directly or through others, in their order.
    pub fn needs<'a>(&'a self, lesson: &'a Lesson) -> Vec<&'a Lesson> {
        let mut needed = vec![lesson];
        let mut next = 0;
        while next < needed.len() {
            for folder in &needed[next].needs {
                let found = self.lessons.iter().find(|lesson| lesson.folder == *folder);
                needed.extend(found.filter(|found| !needed.contains(found)));
            }
            next += 1;
        }
        needed.remove(0);
        needed.sort_by_key(|lesson| lesson.number);
        needed
    }

    /// The lesson's place in the course.
    pub fn place(&self, lesson: &Lesson) -> usize {
        self.lessons.iter().position(|other| other.name == lesson.name).unwrap_or_default()
    }

    /// The lesson's folder, on disk.
    pub fn dir(&self, lesson: &Lesson) -> PathBuf {
        self.root.join("lessons").join(&lesson.folder)
    }

    /// The folder with the lesson's solution, on disk.
    pub fn solution(&self, lesson: &Lesson) -> PathBuf {
        self.root.join("solutions").join(&lesson.folder)
    }
}

fn is_kata(dir: &Path) -> bool {
    let ours = |manifest: String| manifest.lines().any(|line| line == "name = \"shm-kata\"");
    dir.join("lessons").is_dir() && fs::read_to_string(dir.join("Cargo.toml")).is_ok_and(ours)
}

fn not_a_kata(dir: &Path) -> Trouble {
    cannot(
        format!("{} is not in a clone of the kata", dir.display()),
        "Go to the folder that you cloned, or name it: kata --root DIR",
    )
}

fn lesson(folder: &str, manifest: &str) -> Option<Lesson> {
    let (number, name) = folder.split_once('_')?;
    let idea = manifest.lines().find_map(|line| line.strip_prefix("description = \"")?.strip_suffix('"'));
    Some(Lesson {
        number: number.parse().ok()?,
        name: name.to_owned(),
        folder: folder.to_owned(),
        idea: idea.unwrap_or_default().to_owned(),
        needs: manifest.split("\"../").skip(1).filter_map(|rest| rest.split('"').next()).map(str::to_owned).collect(),
        programs: programs(manifest),
    })
}

/// The names in a manifest's `[[bin]]` sections.
fn programs(manifest: &str) -> Vec<String> {
    let name = |part: &str| {
        let line = part.lines().skip(1).take_while(|line| !line.starts_with('['));
        line.filter_map(|line| line.strip_prefix("name = \"")?.strip_suffix('"')).next().map(str::to_owned)
    };
    manifest.split("\n[[bin]]").skip(1).filter_map(name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn course() -> Course {
        let lessons = ["01_key", "02_shmget", "03_shmat", "06_shmctl"].map(|folder| lesson(folder, "").unwrap());
        Course { root: PathBuf::new(), lessons: lessons.into() }
    }

    #[rstest]
    #[case("2")]
    #[case("02")]
    #[case("shmget")]
    #[case("02_shmget")]
    #[case("lessons/02_shmget/")]
    fn a_lesson_goes_by_number_name_and_folder(#[case] asked: &str) {
        assert_eq!(course().lesson(asked).unwrap().name, "shmget");
    }

    #[rstest]
    #[case("shmgte", "Did you mean `shmget`? ")]
    #[case::neighbours_exchanged("shmclt", "Did you mean `shmctl`? ")]
    #[case("kye", "Did you mean `key`? ")]
    #[case("7", "")]
    fn an_unknown_one_is_refused_with_what_there_is(#[case] asked: &str, #[case] guess: &str) {
        let advice = format!("{guess}The lessons: 1 key, 2 shmget, 3 shmat, 6 shmctl.");
        assert_eq!(course().lesson(asked), Err(cannot(format!("there is no lesson `{asked}`"), advice)));
    }

    #[test]
    fn a_folder_that_is_no_lesson_is_none() {
        assert_eq!(lesson("README", ""), None);
        assert_eq!(lesson("x_y", ""), None);
        let read = lesson("12_counter", "[package]\nname = \"counter\"\ndescription = \"Lost updates\"\n").unwrap();
        assert_eq!((read.number, read.name.as_str(), read.idea.as_str()), (12, "counter", "Lost updates"));
    }

    #[test]
    fn a_manifest_names_programs_and_what_the_lesson_needs() {
        let manifests = [
            ("01_key", "[package]\nname = \"key\"\n"),
            ("02_shmget", "[dependencies]\nkey = { path = \"../01_key\" }\nkata = { path = \"../..\" }\n"),
            (
                "03_shmat",
                "[package]\nname = \"shmat\"\n\n[[bin]]\nname = \"writer\"\n\n[[bin]]\n[dependencies]\nshmget = { path = \"../02_shmget\" }\n",
            ),
        ];
        let lessons = manifests.map(|(folder, manifest)| lesson(folder, manifest).unwrap());
        let course = Course { root: PathBuf::new(), lessons: lessons.into() };
        let [key, shmget, shmat] = &course.lessons[..] else { panic!() };
        assert_eq!(course.needs(shmat), [key, shmget]);
        assert_eq!(course.needs(key), [] as [&Lesson; 0]);
        assert_eq!(shmat.programs, ["writer"]);
        assert_eq!(key.programs, [] as [String; 0]);
    }

    #[test]
    fn a_path_of_the_compilers_leads_to_its_lesson() {
        assert_eq!(course().owner_of("lessons/02_shmget/src/lib.rs").unwrap().number, 2);
        assert_eq!(course().owner_of("src/sandbox/mod.rs"), None);
    }

    #[test]
    fn an_idea_goes_on_behind_a_colon_unless_it_begins_with_a_name() {
        let within = |idea: &str| Lesson { idea: idea.into(), ..Lesson::default() }.idea_within();
        assert_eq!((within("Two strangers"), within("POSIX")), ("two strangers".into(), "POSIX".into()));
    }
}
