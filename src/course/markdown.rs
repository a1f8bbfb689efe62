//! What the walkthrough and the terminal read differently in the same Markdown.

/// Whether the line marks where an excerpt of the walkthrough begins or ends.
pub fn is_anchor(line: &str) -> bool {
    line.starts_with("<!-- ANCHOR")
}

/// Markdown with what stands between fences indented by four instead.
pub fn unfenced(markdown: &str) -> String {
    let mut code = false;
    let mut text = String::new();
    for line in markdown.lines() {
        if line.trim_start().starts_with("```") {
            code = !code;
        } else {
            text += if code && !line.is_empty() { "    " } else { "" };
            text += line;
            text += "\n";
        }
    }
    text
}
