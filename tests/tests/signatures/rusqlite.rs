//! `rusqlite`: opening, and the methods of a connection that several may hold.

use ::rusqlite::config::DbConfig;
use ::rusqlite::types::{FromSql, ToSql, Value};
use ::rusqlite::{
    Connection, InterruptHandle, Name, OpenFlags, Params, Result, Row, TransactionBehavior,
    TransactionState, params_from_iter,
};
use offloop::{ThreadPool, blocking_io, methods};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

static DB: ThreadPool = ThreadPool::new("db").threads(2);

#[blocking_io(pool = DB, nested)]
fn open<P: AsRef<Path>>(path: P) -> Result<Connection> {
    Connection::open(path)
}
#[blocking_io(pool = DB, nested)]
fn open_in_memory() -> Result<Connection> {
    Connection::open_in_memory()
}
#[blocking_io(pool = DB, nested)]
fn open_with_flags<P: AsRef<Path>>(path: P, flags: OpenFlags) -> Result<Connection> {
    Connection::open_with_flags(path, flags)
}
#[blocking_io(pool = DB, nested)]
fn open_in_memory_with_flags(flags: OpenFlags) -> Result<Connection> {
    Connection::open_in_memory_with_flags(flags)
}
#[blocking_io(pool = DB, nested)]
fn open_with_flags_and_vfs<P: AsRef<Path>, V: Name>(
    path: P,
    flags: OpenFlags,
    vfs: V,
) -> Result<Connection> {
    Connection::open_with_flags_and_vfs(path, flags, vfs)
}
#[blocking_io(pool = DB)]
fn interrupt(handle: &Arc<InterruptHandle>) {
    handle.interrupt();
}
#[blocking_io(pool = DB, nested)]
fn close(connection: Connection) -> std::result::Result<(), (Connection, ::rusqlite::Error)> {
    connection.close()
}

/// A connection, with its methods' signatures.
#[derive(Clone, Debug)]
struct Db(Arc<Mutex<Connection>>);

impl Db {
    fn lock(&self) -> MutexGuard<'_, Connection> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[methods]
impl Db {
    #[blocking_io(pool = DB, nested)]
    fn execute<P: Params>(&self, sql: &str, params: P) -> Result<usize> {
        self.lock().execute(sql, params)
    }
    #[blocking_io(pool = DB, nested)]
    fn execute_batch(&self, sql: &str) -> Result<()> {
        self.lock().execute_batch(sql)
    }
    #[blocking_io(pool = DB, nested)]
    fn query_row<T, P, F>(&self, sql: &str, params: P, f: F) -> Result<T>
    where
        P: Params,
        F: FnOnce(&Row<'_>) -> Result<T>,
    {
        self.lock().query_row(sql, params, f)
    }
    #[blocking_io(pool = DB, nested)]
    fn query_one<T, P, F>(&self, sql: &str, params: P, f: F) -> Result<T>
    where
        P: Params,
        F: FnOnce(&Row<'_>) -> Result<T>,
    {
        self.lock().query_one(sql, params, f)
    }
    #[blocking_io(pool = DB)]
    fn query_row_and_then<T, E, P, F>(
        &self,
        sql: &str,
        params: P,
        f: F,
    ) -> std::result::Result<T, E>
    where
        P: Params,
        F: FnOnce(&Row<'_>) -> std::result::Result<T, E>,
        E: From<::rusqlite::Error> + From<offloop::Error>,
    {
        self.lock().query_row_and_then(sql, params, f)
    }
    // adapted: a statement borrows its connection, so its rows come as a whole
    #[blocking_io(pool = DB, nested)]
    fn query_map<T, P, F>(&self, sql: &str, params: P, f: F) -> Result<Vec<T>>
    where
        P: Params,
        F: FnMut(&Row<'_>) -> Result<T>,
    {
        self.lock().prepare(sql)?.query_map(params, f)?.collect()
    }
    #[blocking_io(pool = DB)]
    fn last_insert_rowid(&self) -> i64 {
        self.lock().last_insert_rowid()
    }
    #[blocking_io(pool = DB)]
    fn changes(&self) -> u64 {
        self.lock().changes()
    }
    #[blocking_io(pool = DB)]
    fn is_autocommit(&self) -> bool {
        self.lock().is_autocommit()
    }
    #[blocking_io(pool = DB, nested)]
    fn cache_flush(&self) -> Result<()> {
        self.lock().cache_flush()
    }
    #[blocking_io(pool = DB, nested)]
    fn release_memory(&self) -> Result<()> {
        self.lock().release_memory()
    }
    #[blocking_io(pool = DB)]
    fn get_interrupt_handle(&self) -> InterruptHandle {
        self.lock().get_interrupt_handle()
    }
    #[blocking_io(pool = DB, nested)]
    fn busy_timeout(&self, timeout: Duration) -> Result<()> {
        self.lock().busy_timeout(timeout)
    }
    #[blocking_io(pool = DB, nested)]
    fn pragma_query_value<T, F>(
        &self,
        schema_name: Option<&str>,
        pragma_name: &str,
        f: F,
    ) -> Result<T>
    where
        F: FnOnce(&Row<'_>) -> Result<T>,
    {
        self.lock().pragma_query_value(schema_name, pragma_name, f)
    }
    #[blocking_io(pool = DB)]
    fn total_changes(&self) -> u64 {
        self.lock().total_changes()
    }
    #[blocking_io(pool = DB)]
    fn is_busy(&self) -> bool {
        self.lock().is_busy()
    }
    #[blocking_io(pool = DB)]
    fn is_interrupted(&self) -> bool {
        self.lock().is_interrupted()
    }
    #[blocking_io(pool = DB, nested)]
    fn is_readonly<N: Name>(&self, db_name: N) -> Result<bool> {
        self.lock().is_readonly(db_name)
    }
    #[blocking_io(pool = DB, nested)]
    fn db_name(&self, index: usize) -> Result<String> {
        self.lock().db_name(index)
    }
    #[blocking_io(pool = DB, nested)]
    fn transaction_state<N: Name>(&self, db_name: Option<N>) -> Result<TransactionState> {
        self.lock().transaction_state(db_name)
    }
    #[blocking_io(pool = DB, nested)]
    fn db_config(&self, config: DbConfig) -> Result<bool> {
        self.lock().db_config(config)
    }
    #[blocking_io(pool = DB, nested)]
    fn set_db_config(&self, config: DbConfig, new_val: bool) -> Result<bool> {
        self.lock().set_db_config(config, new_val)
    }
    #[blocking_io(pool = DB, nested)]
    fn pragma_query<F>(&self, schema_name: Option<&str>, pragma_name: &str, f: F) -> Result<()>
    where
        F: FnMut(&Row<'_>) -> Result<()>,
    {
        self.lock().pragma_query(schema_name, pragma_name, f)
    }
    #[blocking_io(pool = DB, nested)]
    fn pragma<F, V>(
        &self,
        schema_name: Option<&str>,
        pragma_name: &str,
        pragma_value: V,
        f: F,
    ) -> Result<()>
    where
        F: FnMut(&Row<'_>) -> Result<()>,
        V: ToSql,
    {
        self.lock()
            .pragma(schema_name, pragma_name, pragma_value, f)
    }
    #[blocking_io(pool = DB, nested)]
    fn pragma_update_and_check<F, T, V>(
        &self,
        schema_name: Option<&str>,
        pragma_name: &str,
        pragma_value: V,
        f: F,
    ) -> Result<T>
    where
        F: FnOnce(&Row<'_>) -> Result<T>,
        V: ToSql,
    {
        self.lock()
            .pragma_update_and_check(schema_name, pragma_name, pragma_value, f)
    }
    #[blocking_io(pool = DB, nested)]
    fn pragma_update<V>(
        &self,
        schema_name: Option<&str>,
        pragma_name: &str,
        pragma_value: V,
    ) -> Result<()>
    where
        V: ToSql,
    {
        self.lock()
            .pragma_update(schema_name, pragma_name, pragma_value)
    }
    #[blocking_io(pool = DB, nested)]
    fn table_exists(&self, db_name: Option<&str>, table_name: &str) -> Result<bool> {
        self.lock().table_exists(db_name, table_name)
    }
    #[blocking_io(pool = DB, nested)]
    fn column_exists(
        &self,
        db_name: Option<&str>,
        table_name: &str,
        column_name: &str,
    ) -> Result<bool> {
        self.lock().column_exists(db_name, table_name, column_name)
    }
    // adapted: a transaction borrows its connection, so its work is a closure
    #[blocking_io(pool = DB, nested)]
    fn transaction<T, F>(
        &self,
        #[default = TransactionBehavior::Deferred] behavior: TransactionBehavior,
        work: F,
    ) -> Result<T>
    where
        F: FnOnce(&::rusqlite::Transaction<'_>) -> Result<T>,
    {
        let mut connection = self.lock();
        let transaction = connection.transaction_with_behavior(behavior)?;
        let result = work(&transaction)?;
        transaction.commit()?;
        Ok(result)
    }
    // own
    #[blocking_io(pool = DB, nested)]
    fn names(&self, prefix: &str, #[default = 100] limit: u32) -> Result<Vec<String>> {
        let connection = self.lock();
        let mut statement = connection.prepare("select name from t where name like ?1 limit ?2")?;
        let rows = statement.query_map((format!("{prefix}%"), limit), |row| row.get(0))?;
        rows.collect()
    }
    // own
    #[blocking_io(pool = DB, nested)]
    fn insert_all(&self, sql: &str, values: &[Value]) -> Result<usize> {
        self.lock().execute(sql, params_from_iter(values))
    }
    // own
    #[blocking_io(pool = DB, nested)]
    fn scalar<T: FromSql>(&self, sql: &str) -> Result<T> {
        self.lock().query_row(sql, (), |row| row.get(0))
    }
}

#[tokio::test]
async fn a_table_in_memory_is_filled_and_asked() -> anyhow::Result<()> {
    let db = Db(Arc::new(Mutex::new(open_in_memory().await??)));
    db.execute_batch("create table t (id integer primary key, name text)")
        .await??;
    let insert = "insert into t (name) values (?1)";
    assert_eq!(db.execute(insert, ["one"]).await??, 1);
    assert_eq!(db.execute(insert, ("two",)).await??, 1);
    assert_eq!(db.last_insert_rowid().await?, 2);

    let name = db.query_row("select name from t where id = ?1", [1], |row| {
        row.get::<_, String>(0)
    });
    assert_eq!(name.await??, "one");
    assert_eq!(db.scalar::<i64>("select count(*) from t").await??, 2);
    let ids = db.query_map("select id from t", (), |row| row.get::<_, i64>(0));
    assert_eq!(ids.await??, [1, 2]);
    assert_eq!(db.names_builder().prefix("t").await??, ["two"]);
    assert!(db.table_exists_builder().table_name("t").await??);

    let failed = db.transaction_builder().work(|transaction| {
        transaction.execute("delete from t", ())?;
        transaction.execute("nonsense", ())
    });
    assert!(failed.await?.is_err());
    assert_eq!(db.scalar::<i64>("select count(*) from t").await??, 2);
    Ok(())
}

#[tokio::test]
async fn a_table_in_a_file_is_opened_to_be_read() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("db");
    let connection = open(path.clone()).await??;
    assert!(close(connection).await?.is_ok());
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY;
    let db = Db(Arc::new(Mutex::new(open_with_flags(path, flags).await??)));
    assert!(db.execute_batch("create table t (id)").await?.is_err());
    Ok(())
}
