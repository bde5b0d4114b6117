using System.Text;
using System.Text.RegularExpressions;
using SurveillanceRegistry.Postgres.Cluster;

namespace SurveillanceRegistry.Postgres.Backups;

/// <summary>The table of contents of a dump, as <c>pg_restore --list</c> prints it. Nothing of the dump is run.</summary>
internal static partial class DumpContents
{
    private const int MaxBytes = 16 * 1024 * 1024;

    private static readonly PostgresLogin None = new([], new Dictionary<string, string>());

    /// <summary>Throws <see cref="ClusterUnavailableException"/> when a dump names an object that no registry has.</summary>
    /// <param name="programs">Where PostgreSQL's programs are.</param>
    /// <param name="dump">The dump, from its beginning.</param>
    public static async Task CheckAsync(string programs, Stream dump, CancellationToken cancellationToken)
    {
        using var list = PostgresProgram.Start(programs, "pg_restore", None, "--list");
        var lines = ReadAsync(list.Output, cancellationToken);
        await list.FeedAsync(dump, cancellationToken);
        var contents = await lines;
        await list.FinishAsync(cancellationToken);
        if (FindForeign(contents) is { } foreign)
            throw new ClusterUnavailableException(
                $"The dump holds '{foreign}', which no registry has. Nothing of it was run, and nothing was restored."
            );
    }

    /// <summary>Returns the first entry that no registry has; null when there is none.</summary>
    internal static string? FindForeign(string contents) =>
        contents
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Where(line => line[0] != ';')
            .Select(line => Number().Replace(line, ""))
            .FirstOrDefault(entry => !Known().IsMatch(entry));

    private static async Task<string> ReadAsync(Stream output, CancellationToken cancellationToken)
    {
        using var bytes = new MemoryStream();
        var buffer = new byte[64 * 1024];
        int read;
        while ((read = await output.ReadAsync(buffer, cancellationToken)) > 0)
        {
            if (bytes.Length + read > MaxBytes)
                throw new ClusterUnavailableException("The dump has more entries than a registry has. Nothing was restored.");
            bytes.Write(buffer, 0, read);
        }

        return Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length);
    }

    /// <summary>The numbers before an entry: of the entry, of the catalog and of the object.</summary>
    [GeneratedRegex(@"\A[0-9]+; [0-9]+ [0-9]+ ")]
    private static partial Regex Number();

    /// <summary>Kind, schema and name of the entries of a registry: its schema, the extension that it uses, and its migrations.</summary>
    [GeneratedRegex(
        """
            \A(?:
                EXTENSION\ -\ btree_gist\ .*
                | COMMENT\ -\ EXTENSION\ btree_gist\ .*
                | SCHEMA\ -\ registry\ .*
                | (?:ACL|COMMENT)\ -\ SCHEMA\ registry\ .*
                | (?:TABLE|TABLE\ DATA|TABLE\ ATTACH|VIEW|FUNCTION|TYPE|DOMAIN|SEQUENCE|SEQUENCE\ SET|SEQUENCE\ OWNED\ BY|DEFAULT|STATISTICS
                    |CONSTRAINT|CHECK\ CONSTRAINT|FK\ CONSTRAINT|INDEX|INDEX\ ATTACH|TRIGGER|ACL|COMMENT)\ registry\ .*
                | (?:TABLE|TABLE\ DATA|SEQUENCE|SEQUENCE\ SET|SEQUENCE\ OWNED\ BY|DEFAULT)\ public\ registry_migration[a-z_]*\ .*
                | CONSTRAINT\ public\ registry_migration\ .*
                | ACL\ public\ (?:TABLE|SEQUENCE)\ registry_migration[a-z_]*\ .*
            )\z
            """,
        RegexOptions.IgnorePatternWhitespace
    )]
    private static partial Regex Known();
}
