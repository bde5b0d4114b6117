using System.Collections.Immutable;
using System.Text.Json;
using Dapper;
using Npgsql;
using SurveillanceRegistry.Domain;

namespace SurveillanceRegistry.Postgres;

/// <summary>Reads and writes bodies: Domain values in their one JSON form, beside the columns that the database guards.</summary>
internal static class JsonRow
{
    public static string Body<T>(T value) => JsonSerializer.Serialize(value, Json.Options);

    public static T Value<T>(string body) =>
        JsonSerializer.Deserialize<T>(body, Json.Options) ?? throw new InvalidOperationException($"A stored {typeof(T).Name} is null.");

    /// <summary>The bodies that a statement selects, one column of text each.</summary>
    public static async Task<ImmutableArray<T>> BodiesAsync<T>(
        this NpgsqlDataSource database,
        string sql,
        object? values,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return await connection.BodiesAsync<T>(sql, values, cancellationToken);
    }

    /// <summary>The bodies that a statement selects, within whatever transaction the connection is in.</summary>
    public static async Task<ImmutableArray<T>> BodiesAsync<T>(
        this NpgsqlConnection connection,
        string sql,
        object? values,
        CancellationToken cancellationToken
    ) =>
        [
            .. (await connection.QueryAsync<string>(new CommandDefinition(sql, values, cancellationToken: cancellationToken))).Select(
                Value<T>
            ),
        ];
}
