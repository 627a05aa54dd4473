// Package sql runs the code of a content as a script of SQL statements, on a data source
// that the configuration names: a SQLite file, or a database of a MySQL or MariaDB server.
//
// An execution has a connection of its own, from its first statement to its last:
// temporary tables, variables and transactions are seen by nobody else, and what is left
// open at the end is rolled back. Each statement is a content; they run in order, and the
// first that fails ends the execution. What came before it stays, as with any client of
// the database, unless the script began a transaction.
//
// A pause comes after the running statement, and keeps the connection with all that it
// holds: an open transaction keeps its locks. What is ended early is ended on the server
// too, and an open transaction is rolled back.
//
// # Scripts
//
// Statements end with a semicolon, or with what DELIMITER sets, as the mysql client has
// it; a trigger of SQLite needs no DELIMITER. Texts are read by the rules of the server's
// sql_mode as it is when the connection begins. Other commands of clients are not known.
//
// ${name} stands for the value of a variable of the task, as a text, where a statement
// may have a value. It is bound, never pasted: no value can change what the statement
// does. It cannot stand for a name, and in quotes and comments it is left as it is. An
// undefined one is left as it is too. Statements with variables are prepared, which a
// server does not do for every kind of statement.
//
// # Results
//
// Rows go to result sets, with values in the text of the database. NULL is none; bytes
// that are no text are written in hex, 0x00FF. A set of more rows than the limit is cut.
//
// # What whoever submits may do
//
// Everything that the account of the data source may. Give it no more than the tasks
// need: on a MySQL server FILE reads and writes files of the server's machine. LOAD DATA
// LOCAL is always refused, and so is what reaches other files from SQLite (see package
// sqlite). A SQLite data source belongs in a folder of its own, and never is the file
// that Stepcast keeps its tasks in.
package sql
