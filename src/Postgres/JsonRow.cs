using System.Collections.Immutable;
using System.Text.Json;
using Dapper;
using Npgsql;
using SurveillanceRegistry.Domain;

namespace SurveillanceRegistry.Postgres;

/// <summary>Reads and writes body columns: Domain values as JSON, beside the columns that constraints and queries use.</summary>
internal static class JsonRow
{
    public static string Body<T>(T value) => JsonSerializer.Serialize(value, Json.Options);

    public static T Value<T>(string body) =>
        JsonSerializer.Deserialize<T>(body, Json.Options) ?? throw new InvalidOperationException($"A stored {typeof(T).Name} is null.");

    /// <summary>Parses a column that holds an enum member as a word.</summary>
    public static T Word<T>(string text)
        where T : struct, Enum =>
        Json.TryWord<T>(text, out var value)
            ? value
            : throw new InvalidOperationException($"'{text}' is no {typeof(T).Name} that this version knows.");

    /// <summary>Returns the bodies that a query selects, one column of text each.</summary>
    public static async Task<ImmutableArray<T>> BodiesAsync<T>(
        this NpgsqlDataSource database,
        string sql,
        object? values,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var bodies = await connection.QueryAsync<string>(new CommandDefinition(sql, values, cancellationToken: cancellationToken));
        return [.. bodies.Select(Value<T>)];
    }
}
