// Package storetest is the suite that every database of store passes, and what
// the tests of other packages need to have a store: OpenSQLite, Each, Submit.
//
// MySQL and MariaDB are tested where there is a server: the one that the
// environment variable STEPCAST_TEST_MYSQL names ("mysql://root@127.0.0.1:3306/test"),
// or one on this machine that lets root in. Each test has a database of its own
// there. Without a server these tests are skipped, and fail instead when
// STEPCAST_REQUIRE contains "mysql".
package storetest
