using Dapper;
using Npgsql;

namespace SurveillanceRegistry.Postgres;

/// <summary>Runs single statements, each on a pooled connection and in a transaction of its own.</summary>
internal static class DataSourceExtensions
{
    /// <summary>Returns the rows of a query.</summary>
    public static async Task<T[]> QueryAsync<T>(
        this NpgsqlDataSource database,
        string sql,
        object? values,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return [.. await connection.QueryAsync<T>(new CommandDefinition(sql, values, cancellationToken: cancellationToken))];
    }

    /// <summary>Returns the first column of the first row; the default of <typeparamref name="T"/> when there is no row.</summary>
    public static async Task<T?> ScalarAsync<T>(
        this NpgsqlDataSource database,
        string sql,
        object? values,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        using var standby = StandbyConfirmation.Watch(connection);
        var value = await connection.ExecuteScalarAsync<T>(new CommandDefinition(sql, values, cancellationToken: cancellationToken));
        await standby.WaitAsync(cancellationToken);
        return value;
    }

    /// <summary>Executes a statement. Returns the number of rows it affected.</summary>
    public static async Task<int> ExecuteAsync(
        this NpgsqlDataSource database,
        string sql,
        object? values,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        using var standby = StandbyConfirmation.Watch(connection);
        var rows = await connection.ExecuteAsync(new CommandDefinition(sql, values, cancellationToken: cancellationToken));
        await standby.WaitAsync(cancellationToken);
        return rows;
    }
}
