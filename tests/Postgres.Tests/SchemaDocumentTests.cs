using System.Globalization;
using System.Text;
using SurveillanceRegistry.Postgres.Tests.Fixtures;

namespace SurveillanceRegistry.Postgres.Tests;

/// <summary>
/// <c>docs/schema.md</c> describes the schema that the migrations create. Run this test with <c>REGISTRY_WRITE_DOCS=1</c> to write it anew.
/// </summary>
[Slow]
public sealed class SchemaDocumentTests(SharedCluster cluster)
{
    [Fact]
    public async Task The_schema_document_describes_the_migrated_database()
    {
        await using var database = await cluster.NewRegisterAsync();
        var document = await SchemaDocument.RenderAsync(database);
        var path = Path.Combine(FindRoot(), "docs", "schema.md");
        if (Environment.GetEnvironmentVariable("REGISTRY_WRITE_DOCS") == "1")
            await File.WriteAllTextAsync(path, document, TestContext.Current.CancellationToken);
        Assert.Equal(document, await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken));
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "SurveillanceRegistry.sln")))
            folder = folder.Parent ?? throw new InvalidOperationException("The tests do not run inside the repository.");
        return folder.FullName;
    }

    /// <summary>Renders the schema of a database as Markdown.</summary>
    private static class SchemaDocument
    {
        private const string Header = """
            # Database schema

            Generated from a freshly migrated database; a test compares it. To write it anew, run `SchemaDocumentTests` with
            `REGISTRY_WRITE_DOCS=1`. Constraint names are sentences on purpose: PostgreSQL shows them when it refuses a row.
            Partitions, functions, triggers and grants are left out: they are in `src/Postgres/Migrations`.

            """;

        private const string Tables = """
            select c.oid::bigint, c.relname, c.relkind = 'p', coalesce(obj_description(c.oid, 'pg_class'), '')
            from pg_class c
            where c.relnamespace = 'registry'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
            order by c.relname
            """;

        private const string Columns = """
            select a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
                coalesce(case
                    when a.attidentity <> '' then 'identity'
                    when a.attgenerated <> '' then 'generated: ' || pg_get_expr(d.adbin, d.adrelid)
                    else pg_get_expr(d.adbin, d.adrelid)
                end, ''),
                coalesce(col_description(a.attrelid, a.attnum), '')
            from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
            where a.attrelid = @table::oid and a.attnum > 0 and not a.attisdropped
            order by a.attnum
            """;

        private const string Constraints = """
            select conname, case contype
                    when 'p' then 'Primary key' when 'u' then 'Unique' when 'f' then 'Foreign key' when 'c' then 'Check' else 'Exclusion'
                end,
                pg_get_constraintdef(oid)
            from pg_constraint
            where conrelid = @table::oid and contype in ('p', 'u', 'f', 'c', 'x')
            order by position(contype::text in 'pufcx'), conname
            """;

        private const string UniqueIndexes = """
            select c.relname, 'Unique index', pg_get_indexdef(i.indexrelid)
            from pg_index i join pg_class c on c.oid = i.indexrelid
            where i.indrelid = @table::oid and i.indisunique
                and not exists (select from pg_constraint where conindid = i.indexrelid and conrelid = i.indrelid)
            order by c.relname
            """;

        public static async Task<string> RenderAsync(Database database)
        {
            var text = new StringBuilder(Header);
            foreach (var (oid, name, isPartitioned, comment) in await QueryAsync<(long, string, bool, string)>(database, Tables))
            {
                text.Append(CultureInfo.InvariantCulture, $"\n## {name}\n\n");
                if (comment.Length > 0)
                    text.Append(CultureInfo.InvariantCulture, $"{comment}\n\n");
                if (isPartitioned)
                    text.Append("Partitioned.\n\n");
                text.Append("| Column | Type | Null | Default | Comment |\n|---|---|---|---|---|\n");
                var columns = await QueryAsync<(string, string, bool, string, string)>(database, Columns, new { table = oid });
                foreach (var (column, type, isRequired, value, about) in columns)
                    Row(text, $"`{column}`", type, isRequired ? "no" : "yes", Code(value), Cell(about));
                var constraints = await QueryAsync<(string, string, string)>(database, Constraints, new { table = oid });
                var indexes = await QueryAsync<(string, string, string)>(database, UniqueIndexes, new { table = oid });
                if (constraints.Length + indexes.Length == 0)
                    continue;
                text.Append("\n| Constraint | Kind | Definition |\n|---|---|---|\n");
                foreach (var (constraint, kind, definition) in constraints.Concat(indexes))
                    Row(text, $"`{constraint}`", kind, Code(definition));
            }

            return text.ToString();
        }

        private static async Task<T[]> QueryAsync<T>(Database database, string sql, object? values = null)
        {
            await using var connection = await database.ConnectAsync();
            return [.. await Dapper.SqlMapper.QueryAsync<T>(connection, sql, values)];
        }

        private static void Row(StringBuilder text, params string[] cells) =>
            text.Append("| ").AppendJoin(" | ", cells.Select(cell => cell.Length == 0 ? " " : cell)).Append(" |\n");

        private static string Code(string sql) => sql.Length == 0 ? "" : $"`{Cell(sql)}`";

        private static string Cell(string value) =>
            string.Join(' ', value.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
                .Replace("|", "\\|", StringComparison.Ordinal);
    }
}
