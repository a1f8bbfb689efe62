//! Words.

/// A sentence's text as it goes on after a colon.
pub fn lowercase_first(text: &str) -> String {
    let mut chars = text.chars();
    // An acronym keeps its capitals.
    match (chars.next(), chars.clone().next()) {
        (Some(first), Some(second)) if !second.is_uppercase() => first.to_lowercase().chain(chars).collect(),
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_idea_goes_on_a_title_unless_it_is_a_name() {
        assert_eq!(lowercase_first("Two strangers"), "two strangers");
        assert_eq!(lowercase_first("POSIX"), "POSIX");
    }
}
