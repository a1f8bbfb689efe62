//! The scratch workspace below `target/`: one package per starter, solution, mistake and variant, so that the
//! learner's files are neither read nor written, and one call of cargo builds them all.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::mistakes::{self, Mistake, REFUSES_EVERYTHING};
use crate::variants::{self, Variant};
use crate::{manifest, overlay, patch};
use shm_kata::check::cargo::{self, Build, Diagnostic};
use shm_kata::check::verdict::Results;
use shm_kata::check::{self, Following};
use shm_kata::course::starter::{self, Files, Reading};
use shm_kata::course::store;
use shm_kata::course::{Course, Lesson};
use shm_kata::process::child::Follow;
use shm_kata::trouble::{self, Trouble, cannot};
use walkthrough::sections::Fault;

/// The sandbox's numbers in a mistake's run, so that its failure reads the same each time.
const SEED: &str = "0x6b617461";

/// What a package is made from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Solution,
    Starter,
    Mistake,
    Variant,
}

impl Kind {
    pub fn word(self) -> &'static str {
        match self {
            Self::Solution => "solution",
            Self::Starter => "starter",
            Self::Mistake => "mistake",
            Self::Variant => "variant",
        }
    }
}

/// A mistake or variant, as it is written down.
#[derive(Debug, Clone)]
pub struct Origin {
    pub name: String,
    /// `mistakes.md` or `variants.md`.
    pub file: PathBuf,
    /// The line of its heading.
    line: usize,
    /// The test that must catch a mistake.
    pub caught_by: Option<String>,
    /// What the learner then reads.
    pub report: Option<String>,
}

/// A mistake or variant of which no package could be made.
#[derive(Debug)]
pub struct Broken {
    pub kind: Kind,
    pub lesson: Lesson,
    /// The file and the line: `solutions/02_shmget/mistakes.md:12`.
    pub place: String,
    pub what: String,
}

/// One package of the workspace.
#[derive(Debug, Clone)]
pub struct Package {
    pub kind: Kind,
    pub lesson: Lesson,
    /// The package's name.
    pub name: String,
    /// Its folder, on disk and from the workspace's root.
    pub dir: PathBuf,
    pub folder: String,
    /// Where a mistake or variant is written down; none for the others.
    pub origin: Option<Origin>,
    programs: Vec<String>,
}

/// The workspace.
pub struct Scratch<'a> {
    course: &'a Course,
    root: PathBuf,
    target: PathBuf,
    pub packages: Vec<Package>,
    pub broken: Vec<Broken>,
}

impl<'a> Scratch<'a> {
    /// Writes the workspace, every file only where it differs: cargo goes by the times of files.
    pub fn write(course: &'a Course) -> Result<Self, Trouble> {
        let target = match std::env::var_os("CARGO_TARGET_DIR").filter(|dir| !dir.is_empty()) {
            Some(dir) => std::path::absolute(&dir).map_err(|error| trouble::file("find", Path::new(&dir), &error))?,
            None => course.root.join("target"),
        };
        let root = target.join("kata-verify");
        let mut scratch = Self { course, root, target, packages: Vec::new(), broken: Vec::new() };
        let mut programs = BTreeSet::new();
        for lesson in &course.lessons {
            programs.append(&mut scratch.write_lesson(lesson)?);
        }
        // env!("CARGO_BIN_EXE_writer") in a test: a link in each package's folder, in which its tests run.
        let links: String =
            programs.iter().map(|name| format!("CARGO_BIN_EXE_{name} = \"programs/{name}\"\n")).collect();
        store::update(
            &scratch.root.join(".cargo/config.toml"),
            format!("[env]\n{links}\n[build]\nincremental = false\n"),
        )?;
        scratch.write_workspace()?;
        scratch.sweep()?;
        Ok(scratch)
    }

    fn write_workspace(&self) -> Result<(), Trouble> {
        let read = |name: &str| {
            let path = self.course.root.join("solutions").join(name);
            fs::read_to_string(&path).map_err(|error| trouble::file("read", &path, &error))
        };
        let members: Vec<_> = self.packages.iter().map(|package| package.folder.as_str()).collect();
        let manifest = manifest::workspace(&read("Cargo.toml")?, &self.course.root, &members);
        let manifest = manifest.map_err(|wrong| cannot(wrong, ""))?;
        store::update(&self.root.join("Cargo.toml"), &manifest)?;
        // The solutions' lock file says which versions; cargo adds this workspace's own packages to the copy.
        if let Ok(lock) = read("Cargo.lock")
            && store::update(&self.root.join("solutions.lock"), &lock)?
        {
            store::update(&self.root.join("Cargo.lock"), &lock)?;
        }
        // The tests' paths lead through here, and so read as they do for the learner.
        let link = self.root.join("lessons");
        if fs::read_link(&link).ok().as_ref() != Some(&self.course.root.join("lessons")) {
            relink(&self.course.root.join("lessons"), &link)?;
        }
        Ok(())
    }

    /// Writes the lesson's packages; returns the names of its programs.
    fn write_lesson(&mut self, lesson: &Lesson) -> Result<BTreeSet<String>, Trouble> {
        let solution = self.course.solution(lesson);
        let path = solution.join("Cargo.toml");
        let manifest = fs::read_to_string(&path).map_err(|error| trouble::file("read", &path, &error))?;
        let programs: Vec<_> = manifest::programs(&manifest).into_iter().map(str::to_owned).collect();
        let files = starter::read_files(&solution.join("src"))?;

        let starter = starter::generate(&self.course.root, &solution, Reading::Starter)?;
        self.add(Kind::Solution, lesson, None, &manifest, &programs, &files)?;
        self.add(Kind::Starter, lesson, None, &manifest, &programs, &starter)?;
        let mistakes = mistakes(&solution.join("mistakes.md"), &files)?;
        let variants = variants(&solution.join("variants.md"), &files)?;
        for (kind, made) in [(Kind::Mistake, mistakes), (Kind::Variant, variants)] {
            for made in made {
                match made {
                    Ok((origin, files)) => self.add(kind, lesson, Some(origin), &manifest, &programs, &files)?,
                    Err(Fault { line, what }) => {
                        let place = place(lesson, kind, line);
                        self.broken.push(Broken { kind, lesson: lesson.clone(), place, what });
                    }
                }
            }
        }
        Ok(programs.into_iter().collect())
    }

    fn add(
        &mut self,
        kind: Kind,
        lesson: &Lesson,
        origin: Option<Origin>,
        manifest: &str,
        programs: &[String],
        files: &Files,
    ) -> Result<(), Trouble> {
        let suffix = origin.as_ref().map_or(String::new(), |origin| format!("--{}", origin.name));
        let name = match kind {
            Kind::Solution => lesson.name.clone(),
            _ => format!("{}--{}{suffix}", lesson.name, kind.word()),
        };
        let folder = format!("{}/{}{suffix}", kind.word(), lesson.folder);
        let dir = self.root.join(&folder);
        let manifest =
            manifest::package(manifest, &name).map_err(|wrong| cannot(format!("{}: {wrong}", lesson.folder), ""))?;
        store::update(&dir.join("Cargo.toml"), &manifest)?;
        fs::create_dir_all(dir.join("src")).map_err(|error| trouble::file("create", &dir, &error))?;
        store::mirror(&dir.join("src"), files)?;
        let lesson = lesson.clone();
        self.packages.push(Package { kind, lesson, name, dir, folder, origin, programs: programs.to_vec() });
        Ok(())
    }

    /// Removes the packages of mistakes and variants that are no more.
    fn sweep(&self) -> Result<(), Trouble> {
        for kind in [Kind::Solution, Kind::Starter, Kind::Mistake, Kind::Variant] {
            let folder = self.root.join(kind.word());
            fs::create_dir_all(&folder).map_err(|error| trouble::file("create", &folder, &error))?;
            for entry in fs::read_dir(&folder).map_err(|error| trouble::file("read", &folder, &error))?.flatten() {
                if !self.packages.iter().any(|package| package.dir == entry.path()) {
                    fs::remove_dir_all(entry.path()).map_err(|error| trouble::file("remove", &entry.path(), &error))?;
                }
            }
        }
        Ok(())
    }

    /// Builds the packages given and all that they rest on; what does not compile is in the diagnostics.
    pub fn build(&self, packages: &[&Package]) -> Result<Build, Trouble> {
        let target = self.target.display().to_string();
        // `cargo test --no-run` would stop at the first package that does not compile.
        let mut arguments = vec!["build", "--tests", "--keep-going", "--target-dir", &target];
        if packages.len() == self.packages.len() {
            arguments.push("--workspace");
        } else {
            packages.iter().for_each(|package| arguments.extend(["--package", &package.name]));
        }
        let build = cargo::build(&self.root, &arguments, false, Follow::default())?;
        for built in build.executables.iter().filter(|built| built.kind == "bin") {
            let link = built.package.join("programs").join(manifest::plain_program(&built.name));
            if fs::read_link(&link).ok().as_ref() != Some(&built.path) {
                relink(&built.path, &link)?;
            }
        }
        Ok(build)
    }

    /// Runs the package's tests as cargo would: all of them, or of a mistake the one that it names, with its cases. Of the
    /// mistake that refuses everything all of them.
    pub fn run(&self, package: &Package, build: &Build) -> Result<Option<Results>, Trouble> {
        let binary = build.executables.iter().find(|built| built.kind == "test" && built.package == package.dir);
        let Some(binary) = binary else { return Ok(None) };
        let programs = package.programs.iter().map(|name| (name.clone(), package.dir.join("programs").join(name)));
        let only = if package.refuses_everything() { None } else { package.caught_by() };
        let run = |seed| {
            check::Run {
                binary: &binary.path,
                dir: &package.dir,
                lesson: &package.lesson,
                source: &self.course.root.join(package.lesson.test_file()),
                programs: programs.clone().collect(),
                seed,
                only,
                following: Following::default(),
            }
            .results()
        };
        let results = run((package.kind == Kind::Mistake).then_some(SEED))?;
        // Tests that share the machine's table must not share their keys too.
        if results.fallback.is_some() && package.kind == Kind::Mistake {
            run(None).map(Some)
        } else {
            Ok(Some(results))
        }
    }

    /// `text` with this workspace's paths as the learner knows them.
    pub fn as_the_learner_sees(&self, package: &Package, text: &str) -> String {
        let root = |root: &Path| format!("{}/", root.display());
        // The tests' path, as cargo joins it from the package's folder and `../../lessons`.
        let text = text.replace(&root(&self.root), "").replace(&format!("{}/../../", package.folder), "");
        let text = text.replace(&format!("{}/", package.folder), &format!("lessons/{}/", package.lesson.folder));
        text.replace(&root(&self.course.root), "")
    }
}

impl Package {
    /// What the compiler said about the package.
    pub fn diagnostics<'b>(&self, build: &'b Build) -> Vec<&'b Diagnostic> {
        build.diagnostics.iter().filter(|diagnostic| diagnostic.package == self.dir).collect()
    }

    /// Whether it is the mistake of that name.
    pub fn refuses_everything(&self) -> bool {
        self.kind == Kind::Mistake && self.origin.as_ref().is_some_and(|origin| origin.name == REFUSES_EVERYTHING)
    }

    /// The test that must catch a mistake.
    pub fn caught_by(&self) -> Option<&str> {
        self.origin.as_ref()?.caught_by.as_deref()
    }

    /// How the author knows it: `starter of 02_shmget`, `solutions/02_shmget/mistakes.md:12: no_excl`.
    pub fn label(&self) -> String {
        match &self.origin {
            None => format!("{} of {}", self.kind.word(), self.lesson.folder),
            Some(origin) => format!("{}: {}", place(&self.lesson, self.kind, origin.line), origin.name),
        }
    }
}

/// A line of a lesson's `mistakes.md` or `variants.md`.
fn place(lesson: &Lesson, kind: Kind, line: usize) -> String {
    format!("solutions/{}/{}s.md:{line}", lesson.folder, kind.word())
}

/// What becomes of a section: its package's files, or why there are none.
type Made = Result<(Origin, Files), Fault>;

/// The mistakes in `file`, made of the solution's `files`; none when there is no file.
fn mistakes(file: &Path, files: &Files) -> Result<Vec<Made>, Trouble> {
    let (mistakes, faults) = mistakes::read(&read_if_there(file)?);
    let made = mistakes.into_iter().map(|mistake| {
        let mut files = files.clone();
        let applied = patch::apply(&mut files, &mistake.edits);
        applied.map_err(|Fault { line, what }| Fault::new(line, format!("{}: {what}", mistake.name)))?;
        let Mistake { name, line, caught_by, report, .. } = mistake;
        Ok((Origin { name, file: file.to_path_buf(), line, caught_by: Some(caught_by), report }, files))
    });
    Ok(made.chain(faults.into_iter().map(Err)).collect())
}

/// The variants in `file`, made of the solution's `files`; none when there is no file.
fn variants(file: &Path, files: &Files) -> Result<Vec<Made>, Trouble> {
    let (variants, faults) = variants::read(&read_if_there(file)?);
    let made = variants.into_iter().map(|Variant { name, line, code }| {
        let mut files = files.clone();
        for (_, bytes) in files.iter_mut().filter(|(path, _)| path.as_path() == Path::new("lib.rs")) {
            *bytes = overlay::apply(&String::from_utf8_lossy(bytes), &code).into_bytes();
        }
        Ok((Origin { name, file: file.to_path_buf(), line, caught_by: None, report: None }, files))
    });
    Ok(made.chain(faults.into_iter().map(Err)).collect())
}

fn read_if_there(file: &Path) -> Result<String, Trouble> {
    match fs::read_to_string(file) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(String::new()),
        text => text.map_err(|error| trouble::file("read", file, &error)),
    }
}

fn relink(target: &Path, link: &Path) -> Result<(), Trouble> {
    let folder = link.parent().unwrap_or(link);
    _ = fs::remove_file(link);
    fs::create_dir_all(folder)
        .and_then(|()| std::os::unix::fs::symlink(target, link))
        .map_err(|error| trouble::file("link", link, &error))
}
