//! Plain tables: columns as wide as necessary, numbers right-aligned.

use std::io::{self, Write};

/// A table.
pub(crate) struct Table {
    head: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// Creates a table with these columns.
    pub(crate) fn new(head: &[&str]) -> Self {
        Self { head: head.iter().map(|name| (*name).to_owned()).collect(), rows: Vec::new() }
    }

    /// Adds a row.
    pub(crate) fn row(&mut self, cells: Vec<String>) {
        self.rows.push(cells);
    }

    /// Writes the table.
    pub(crate) fn write(&self, out: &mut impl Write) -> io::Result<()> {
        let columns = 0..self.head.len();
        let widths: Vec<usize> = columns.clone().map(|column| self.width(column)).collect();
        let numeric: Vec<bool> = columns.map(|column| self.is_numeric(column)).collect();
        for row in std::iter::once(&self.head).chain(&self.rows) {
            let mut line = String::new();
            for ((cell, width), numeric) in row.iter().zip(&widths).zip(&numeric) {
                line += &if *numeric { format!("{cell:>width$}  ") } else { format!("{cell:<width$}  ") };
            }
            writeln!(out, "{}", line.trim_end())?;
        }
        Ok(())
    }

    fn width(&self, column: usize) -> usize {
        self.cells(column).map(|cell| cell.chars().count()).max().unwrap_or_default()
    }

    fn is_numeric(&self, column: usize) -> bool {
        let is_number = |cell: &String| cell == "·" || cell.parse::<u64>().is_ok();
        self.rows.iter().filter_map(|row| row.get(column)).all(is_number)
    }

    fn cells(&self, column: usize) -> impl Iterator<Item = &String> {
        std::iter::once(&self.head).chain(&self.rows).filter_map(move |row| row.get(column))
    }
}
