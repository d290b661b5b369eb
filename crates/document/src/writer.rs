//! Writer of JSON texts.

use super::escape_into;

/// Writes one JSON text, from its start to its end. Every value in an object follows a name.
#[derive(Clone, Debug, Default)]
pub struct JsonWriter {
    text: String,
    /// Set when another member or element stands before the next one.
    follows: bool,
}

impl JsonWriter {
    /// Opens an object.
    pub fn begin_object(&mut self) -> &mut Self {
        self.open('{')
    }

    /// Ends the object opened last.
    pub fn end_object(&mut self) -> &mut Self {
        self.close('}')
    }

    /// Opens an array.
    pub fn begin_array(&mut self) -> &mut Self {
        self.open('[')
    }

    /// Ends the array opened last.
    pub fn end_array(&mut self) -> &mut Self {
        self.close(']')
    }

    /// Writes a member's name.
    pub fn name(&mut self, name: &str) -> &mut Self {
        self.string(name);
        self.text.push(':');
        self.follows = false;
        self
    }

    /// Writes a string.
    pub fn string(&mut self, text: &str) -> &mut Self {
        self.separate();
        self.text.push('"');
        escape_into(text, &mut self.text);
        self.text.push('"');
        self
    }

    /// Writes a string that is escaped already.
    pub fn escaped(&mut self, raw: &str) -> &mut Self {
        self.separate();
        self.text.push('"');
        self.text.push_str(raw);
        self.text.push('"');
        self
    }

    /// Writes any value that is JSON already.
    pub fn raw(&mut self, json: &str) -> &mut Self {
        self.separate();
        self.text.push_str(json);
        self
    }

    /// Returns the text.
    pub fn finish(self) -> String {
        self.text
    }

    fn open(&mut self, bracket: char) -> &mut Self {
        self.separate();
        self.text.push(bracket);
        self.follows = false;
        self
    }

    fn close(&mut self, bracket: char) -> &mut Self {
        self.text.push(bracket);
        self.follows = true;
        self
    }

    fn separate(&mut self) {
        if self.follows {
            self.text.push(',');
        }
        self.follows = true;
    }
}
