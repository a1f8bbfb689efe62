//! What a key means: a function of the state.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::panel::{Choice, Kind, List, Panel, Question};
use super::state::State;

/// What a key asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    Quit,
    Run,
    /// The hint of this depth.
    Hint(usize),
    Task,
    Lessons,
    Book,
    Solution,
    Difference,
    Reset,
    Xray,
    /// On to the next lesson.
    Next,
    Keys,
    /// The panel goes.
    Close,
    Scroll(Scroll),
    /// The failure that is so many further.
    Failure(isize),
    /// The learner's editor, at the line to open.
    Edit,
    /// The shapes that pass and are wrong.
    Shapes,
    List(Choice),
    /// The question is answered with yes, or with anything else.
    Answer(Question, bool),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scroll {
    Lines(isize),
    Pages(isize),
    Top,
    Bottom,
}

/// Letters and what they do, in the order of their importance. The screen shows as many as fit, `?` all.
pub const KEYS: [(&str, &str, &str); 17] = [
    ("h", "hint", "a hint; again: one deeper"),
    ("t", "task", "the lesson's card, with the task"),
    ("e", "edit", "your editor ($VISUAL or $EDITOR), at the line to open"),
    ("n", "next", "on to the next lesson, once this one passes; so does Enter"),
    ("i", "beware", "shapes that pass and are wrong, and why; once the lesson passes"),
    ("l", "lessons", "the lessons: move, search with /, Enter goes there"),
    ("r", "run", "run the tests again (saving a file does it too)"),
    ("x", "x-ray", "the segments of this machine, who has them mapped, their bytes"),
    ("b", "book", "the lesson's chapter in the walkthrough, in the browser"),
    ("s", "solution", "the solution, and why; asks before the lesson passes"),
    ("d", "diff", "what differs between yours and the solution; asks before it passes"),
    ("R", "reset", "the lesson as it was; asks first, and says how yours comes back"),
    ("Esc", "back", "close what is open"),
    ("arrows", "choose", "another test that fails; where there is none, they scroll"),
    ("j k", "scroll", "also PgUp and PgDn, Home and End"),
    ("?", "keys", "this"),
    ("q", "quit", "also Ctrl-C; Ctrl-Z suspends, and fg comes back; Ctrl-L draws anew"),
];

/// What `key` asks for as things stand, if anything; `beside` is whether the card is beside what was found. What it means everywhere, [`stage::usual`] says.
///
/// [`stage::usual`]: crate::terminal::stage::usual
pub fn action(state: &State, key: KeyEvent, beside: bool) -> Option<Action> {
    if key.modifiers.contains(KeyModifiers::CONTROL) {
        return match key.code {
            KeyCode::Char('d') => Some(Action::Scroll(Scroll::Pages(1))),
            KeyCode::Char('u') => Some(Action::Scroll(Scroll::Pages(-1))),
            _ => None,
        };
    }
    if let Some(question) = state.question {
        return Some(Action::Answer(question, matches!(key.code, KeyCode::Char('y' | 'Y'))));
    }
    if let Some(Panel::Lessons(list)) = &state.panel
        && let Some(choice) = choice(list, key.code)
    {
        return Some(Action::List(choice));
    }
    Some(match key.code {
        KeyCode::Esc => Action::Close,
        KeyCode::Up | KeyCode::Left if chooses(state, beside) => Action::Failure(-1),
        KeyCode::Down | KeyCode::Right if chooses(state, beside) => Action::Failure(1),
        KeyCode::Up | KeyCode::Char('k') => Action::Scroll(Scroll::Lines(-1)),
        KeyCode::Down | KeyCode::Char('j') => Action::Scroll(Scroll::Lines(1)),
        KeyCode::PageUp => Action::Scroll(Scroll::Pages(-1)),
        KeyCode::PageDown | KeyCode::Char(' ') => Action::Scroll(Scroll::Pages(1)),
        KeyCode::Home | KeyCode::Char('g') => Action::Scroll(Scroll::Top),
        KeyCode::End | KeyCode::Char('G') => Action::Scroll(Scroll::Bottom),
        KeyCode::Enter if state.panel.is_none() => Action::Next,
        KeyCode::Enter => Action::Close,
        KeyCode::Char('q') => Action::Quit,
        KeyCode::Char('r') => Action::Run,
        KeyCode::Char('h') => match state.panel {
            Some(Panel::Text { kind: Kind::Hint(depth), .. }) => Action::Hint(depth + 1),
            // Back where one was.
            _ => Action::Hint(state.hint.max(1)),
        },
        // A letter that has opened something closes it.
        KeyCode::Char(letter) if opened(state) == Some(letter) => Action::Close,
        KeyCode::Char('t') => Action::Task,
        KeyCode::Char('l') => Action::Lessons,
        KeyCode::Char('n') => Action::Next,
        KeyCode::Char('b') => Action::Book,
        KeyCode::Char('s') => Action::Solution,
        KeyCode::Char('d') => Action::Difference,
        KeyCode::Char('x') => Action::Xray,
        KeyCode::Char('e') => Action::Edit,
        KeyCode::Char('i') => Action::Shapes,
        KeyCode::Char('R') => Action::Reset,
        KeyCode::Char('?') => Action::Keys,
        _ => return None,
    })
}

/// Whether there are failures in sight to choose among.
fn chooses(state: &State, beside: bool) -> bool {
    (state.panel.is_none() || beside && state.reads_card()) && state.run.is_none() && state.failing().len() > 1
}

/// The letter that opened what is open; not of hints, where it goes deeper.
fn opened(state: &State) -> Option<char> {
    match state.panel.as_ref()? {
        Panel::Keys => Some('?'),
        Panel::Lessons(list) => (!list.typing).then_some('l'),
        Panel::Text { kind: Kind::Hint(_), .. } => None,
        Panel::Text { kind: Kind::Task, .. } => Some('t'),
        Panel::Text { kind: Kind::Solution, .. } => Some('s'),
        Panel::Text { kind: Kind::Difference, .. } => Some('d'),
        Panel::Text { kind: Kind::Shapes, .. } => Some('i'),
    }
}

/// What a key means in the list; what means nothing there means what it always does.
fn choice(list: &List, key: KeyCode) -> Option<Choice> {
    Some(match key {
        KeyCode::Enter => Choice::Go,
        KeyCode::Up => Choice::Move(-1),
        KeyCode::Down => Choice::Move(1),
        KeyCode::Esc if list.search.is_some() => Choice::Forget,
        KeyCode::Backspace if list.typing => Choice::Erase,
        KeyCode::Tab if list.typing => Choice::Keep,
        KeyCode::Char(letter) if list.typing => Choice::Type(letter),
        KeyCode::Char('/') => Choice::Search,
        KeyCode::Char('k') => Choice::Move(-1),
        KeyCode::Char('j') => Choice::Move(1),
        KeyCode::Home | KeyCode::Char('g') => Choice::Move(isize::MIN),
        KeyCode::End | KeyCode::Char('G') => Choice::Move(isize::MAX),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::super::panel::Text;
    use super::super::state::tests::state;
    use super::*;

    fn pressed(state: &State, code: KeyCode) -> Option<Action> {
        action(state, KeyEvent::new(code, KeyModifiers::NONE), false)
    }

    #[test]
    fn every_letter_of_the_list_means_something() {
        for (key, ..) in KEYS {
            let mut letters = key.chars();
            if let (Some(letter), None) = (letters.next(), letters.next()) {
                assert!(pressed(&state(), KeyCode::Char(letter)).is_some(), "{key}");
            }
        }
    }

    #[test]
    fn a_hint_goes_one_deeper_with_every_press() {
        let mut state = state();
        assert_eq!(pressed(&state, KeyCode::Char('h')), Some(Action::Hint(1)));
        state.open(Panel::Text { kind: Kind::Hint(1), title: String::new(), text: Text::default() });
        assert_eq!(pressed(&state, KeyCode::Char('h')), Some(Action::Hint(2)));
        state.close();
        assert_eq!(pressed(&state, KeyCode::Char('h')), Some(Action::Hint(1)), "back where one was");
    }

    #[test]
    fn a_letter_closes_what_it_has_opened() {
        let mut state = state();
        assert_eq!(pressed(&state, KeyCode::Char('?')), Some(Action::Keys));
        state.open(Panel::Keys);
        assert_eq!(pressed(&state, KeyCode::Char('?')), Some(Action::Close));
        assert_eq!(pressed(&state, KeyCode::Char('t')), Some(Action::Task));
        state.task = "Make a segment.".into();
        state.greet();
        assert_eq!(pressed(&state, KeyCode::Char('t')), Some(Action::Close));
    }

    #[test]
    fn a_question_takes_y_alone_for_yes() {
        let mut state = state();
        state.question = Some(Question::Reset);
        assert_eq!(pressed(&state, KeyCode::Char('y')), Some(Action::Answer(Question::Reset, true)));
        for key in [KeyCode::Enter, KeyCode::Char('q'), KeyCode::Esc, KeyCode::Char('R')] {
            assert_eq!(pressed(&state, key), Some(Action::Answer(Question::Reset, false)));
        }
    }

    #[test]
    fn letters_go_into_the_search_while_it_is_typed() {
        let mut state = state();
        state.open(Panel::Lessons(List::default()));
        assert_eq!(pressed(&state, KeyCode::Char('q')), Some(Action::Quit));
        assert_eq!(pressed(&state, KeyCode::Char('/')), Some(Action::List(Choice::Search)));
        state.open(Panel::Lessons(List { typing: true, search: Some(String::new()), at: 0 }));
        assert_eq!(pressed(&state, KeyCode::Char('q')), Some(Action::List(Choice::Type('q'))));
        assert_eq!(pressed(&state, KeyCode::Esc), Some(Action::List(Choice::Forget)));
    }
}
