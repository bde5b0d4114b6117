using System.Collections.Immutable;
using System.Data;
using System.Globalization;
using Dapper;
using Npgsql;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Notices;
using SurveillanceRegistry.Domain.Policies;
using SurveillanceRegistry.Postgres.Ledger;

namespace SurveillanceRegistry.Postgres.Policies;

/// <summary>The governance table, in tables.</summary>
public sealed class PolicyRegister(NpgsqlDataSource database) : IPolicyRegister
{
    public async Task<bool> IsEmptyAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return await connection.ExecuteScalarAsync<bool>(new CommandDefinition("select not exists (select from registry.city)", cancellationToken: cancellationToken));
    }

    public async Task<ImmutableArray<OpeningFile>> OpeningFilesAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var files = await connection.QueryAsync<(string Name, string Sha256)>(new CommandDefinition(
            "select name, sha256 from registry.opening_file order by name", cancellationToken: cancellationToken));
        return [.. files.Select(row => new OpeningFile(row.Name, row.Sha256))];
    }

    public async Task<Governance> LoadAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        // One snapshot: a table and its technologies as they stood together at one instant.
        await using var snapshot = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
        var city = await All<City>("select body::text from registry.city");
        if (city.IsEmpty)
            throw new InvalidOperationException("The register is empty: no city has been registered.");
        var wordings = await All<Wording>("select body::text from registry.wording order by position");
        var technologies = await All<Technology>("select body::text from registry.technology order by position");
        var instruments = await All<Instrument>(
            """
            select jsonb_set(instrument.body, '{versions}', coalesce(jsonb_agg(version.body order by version.number) filter (where version.number is not null), '[]'))::text
            from registry.instrument left join registry.instrument_version version on version.instrument = instrument.id
            group by instrument.id order by instrument.position
            """);
        return new Governance(city[0], new GovernanceTable(technologies, instruments), wordings);

        Task<ImmutableArray<T>> All<T>(string sql) => connection.BodiesAsync<T>(sql, null, cancellationToken);
    }

    public async Task<bool> OpenAsync(Opening opening, DateTimeOffset at, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(opening);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var append = await Appending.BeginAsync(connection, transaction, at, cancellationToken);
        if (await connection.ExecuteScalarAsync<bool>("select exists (select from registry.city)", transaction: transaction))
            return false;

        var entry = await append.EntryAsync("registry-opened", Attribution.Registry, new { opening.Files });
        foreach (var file in opening.Files)
            await Run("insert into registry.opening_file (entry, name, sha256) values (@entry, @Name, @Sha256)", new { entry, file.Name, file.Sha256 });

        var (city, table, wordings) = opening.Governance;
        await Run("insert into registry.city (body, entry) values (@body::jsonb, @entry)", new { body = Rows.Body(city), entry });
        foreach (var (position, wording) in wordings.Index())
            await Run("insert into registry.wording (position, language, body, entry) values (@position, @Language, @body::jsonb, @entry)", new { position, wording.Language, body = Rows.Body(wording), entry });
        foreach (var (position, technology) in table.Technologies.Index())
            await Run("insert into registry.technology (id, position, body, entry) values (@Id, @position, @body::jsonb, @entry)", new { technology.Id, position, body = Rows.Body(technology), entry });
        foreach (var (position, instrument) in table.Instruments.Index())
        {
            await Run("insert into registry.instrument (id, position, body, entry) values (@Id, @position, @body::jsonb, @entry)", new { instrument.Id, position, body = Rows.Body(instrument with { Versions = [] }), entry });
            foreach (var version in instrument.Versions)
                await OpenVersion(instrument, version);
        }

        foreach (var place in opening.Places)
            await Run("insert into registry.place (id, body, entry) values (@Id, @body::jsonb, @entry)", new { place.Id, body = Rows.Body(place), entry });
        foreach (var kiosk in opening.Kiosks)
            await Run("insert into registry.kiosk (id, place, body, entry) values (@Id, @Place, @body::jsonb, @entry)", new { kiosk.Id, kiosk.Place, body = Rows.Body(kiosk), entry });
        foreach (var device in opening.Devices)
        {
            await Run("insert into registry.device (id, part, place, fleet, body, entry) values (@Id, @part, @Place, @Fleet, @body::jsonb, @entry)",
                new { device.Id, part = (short)Device.PartitionOf(device.Id), device.Place, device.Fleet, body = Rows.Body(device), entry });
        }

        await transaction.CommitAsync(cancellationToken);
        return true;

        async Task OpenVersion(Instrument instrument, InstrumentVersion version)
        {
            await Run("insert into registry.instrument_version (instrument, number, body, entry) values (@Id, @Number, @body::jsonb, @entry)", new { instrument.Id, version.Number, body = Rows.Body(version), entry });
            var (from, until) = (Bound(version.Effective.MayHoldFrom), Bound(version.Effective.SurelyEndedFrom));
            foreach (var rule in version.Rules)
            {
                await Run("insert into registry.rule (technology, instrument, number, effective, body) values (@Technology, @Id, @Number, daterange(@from::date, @until::date), @body::jsonb)",
                    new { rule.Technology, instrument.Id, version.Number, from, until, body = Rows.Body(rule) });
            }
        }

        Task Run(string sql, object? values = null) => connection.ExecuteAsync(new CommandDefinition(sql, values, transaction, cancellationToken: cancellationToken));
    }

    /// <summary>A bound of the days on which a text may hold, as PostgreSQL reads it; null for no bound.</summary>
    private static string? Bound(DateOnly day) => day == DateOnly.MinValue || day == DateOnly.MaxValue ? null : day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
