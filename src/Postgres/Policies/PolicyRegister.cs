using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Dapper;
using Npgsql;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Postgres.Devices;
using SurveillanceRegistry.Postgres.Ledger;

namespace SurveillanceRegistry.Postgres.Policies;

/// <summary>The governance table and its history, in tables.</summary>
public sealed class PolicyRegister(NpgsqlDataSource database) : IPolicyRegister
{
    public async Task<bool> IsEmptyAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return await connection.ExecuteScalarAsync<bool>(
            new CommandDefinition("select not exists (select from registry.revision)", cancellationToken: cancellationToken)
        );
    }

    public async Task<ImmutableArray<OpeningFile>> OpeningFilesAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var files = await connection.QueryAsync<(string Name, string Sha256)>(
            new CommandDefinition("select name, sha256 from registry.opening_file order by name", cancellationToken: cancellationToken)
        );
        return [.. files.Select(row => new OpeningFile(row.Name, row.Sha256))];
    }

    public async Task<ImmutableArray<PolicyRevision>> RevisionsAsync(long entry, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var rows = await connection.QueryAsync<RevisionRow>(
            new CommandDefinition(
                "select kind, id, number, position, recorded_at as RecordedAt, entry, change, body from registry.revision where entry > @entry order by entry, kind, id",
                new { entry },
                cancellationToken: cancellationToken
            )
        );
        return [.. rows.Select(row => row.Revision())];
    }

    public async Task<bool> OpenAsync(Opening opening, DateTimeOffset at, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(opening);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        // Who holds the head of the ledger opens; whoever waited for it finds the register opened.
        var append = await LedgerTransaction.BeginAsync(connection, transaction, at, cancellationToken);
        if (await connection.ExecuteScalarAsync<bool>("select exists (select from registry.revision)", transaction: transaction))
            return false;

        var entry = await append.EntryAsync("registry-opened", Attribution.Registry, new { opening.Files });
        foreach (var file in opening.Files)
            await Run(
                "insert into registry.opening_file (entry, name, sha256) values (@entry, @Name, @Sha256)",
                new
                {
                    entry,
                    file.Name,
                    file.Sha256,
                }
            );
        await DocumentRecorder.DocumentsAsync(
            connection,
            transaction,
            append,
            Attribution.Registry,
            [.. opening.Governance.Documents()],
            change: null
        );
        foreach (var place in opening.Places)
            await Run(
                "insert into registry.place (id, body, entry) values (@Id, @body::jsonb, @entry)",
                new
                {
                    place.Id,
                    body = JsonRow.Body(place),
                    entry,
                }
            );
        foreach (var kiosk in opening.Kiosks)
            await Run(
                "insert into registry.kiosk (id, place, body, entry) values (@Id, @Place, @body::jsonb, @entry)",
                new
                {
                    kiosk.Id,
                    kiosk.Place,
                    body = JsonRow.Body(kiosk),
                    entry,
                }
            );
        foreach (var gateway in opening.Gateways)
        {
            if (!await Enrolment.AddAsync(connection, transaction, append, gateway, Attribution.Registry, reason: null))
                throw new InvalidOperationException($"The gateway '{gateway.Id}' cannot be registered: its id is taken.");
        }

        await DeviceRegister.FleetsAsync(append, Attribution.Registry, opening.Devices);
        foreach (var device in opening.Devices)
        {
            var registered = await append.DeviceAsync(
                "device-registered",
                Attribution.Registry,
                device,
                device.Fleet is null
                    ? new
                    {
                        device.Id,
                        device.Kind,
                        device.Technology,
                        device.Place,
                        device.Department,
                        device.Gateway,
                    }
                    : new
                    {
                        device.Sensors,
                        device.Gateway,
                        deadlineSeconds = device.OwnDeadlineSeconds,
                    }
            );
            await Run(
                "insert into registry.device (id, place, fleet, body, entry) values (@Id, @Place, @Fleet, @body::jsonb, @registered)",
                new
                {
                    device.Id,
                    device.Place,
                    device.Fleet,
                    body = JsonRow.Body(device),
                    registered,
                }
            );
        }

        await transaction.CommitAsync(cancellationToken);
        return true;

        Task Run(string sql, object? values = null) =>
            connection.ExecuteAsync(new CommandDefinition(sql, values, transaction, cancellationToken: cancellationToken));
    }

    public async Task<bool> TurnDayAsync(
        DateOnly day,
        ImmutableArray<EffectiveTransition> switches,
        DateTimeOffset at,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var began = Day(day);
        if (
            await connection.ExecuteAsync(
                new CommandDefinition(
                    "insert into registry.turned_day (day) values (@began::date) on conflict do nothing",
                    new { began },
                    transaction,
                    cancellationToken: cancellationToken
                )
            ) == 0
        )
            return false;
        if (!switches.IsEmpty)
        {
            var append = await LedgerTransaction.BeginAsync(connection, transaction, at, cancellationToken);
            long? first = null;
            foreach (var one in switches)
                first = Math.Min(
                    first ?? long.MaxValue,
                    await append.EntryAsync(
                        "rule-switched",
                        Attribution.Registry,
                        new
                        {
                            day = began,
                            one.Technology,
                            one.Instrument,
                            one.Version,
                            one.Before,
                            one.Now,
                        }
                    )
                );
            await connection.ExecuteAsync(
                new CommandDefinition(
                    "update registry.turned_day set entry = @first where day = @began::date",
                    new { first, began },
                    transaction,
                    cancellationToken: cancellationToken
                )
            );
        }

        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    public async Task<DateOnly?> LastDayAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var day = await connection.ExecuteScalarAsync<string?>(
            new CommandDefinition("select max(day)::text from registry.turned_day", cancellationToken: cancellationToken)
        );
        return day is null ? null : DateOnly.ParseExact(day, "yyyy-MM-dd", CultureInfo.InvariantCulture);
    }

    public async Task<ImmutableArray<RecordedTransition>> SwitchesAsync(long before, int most, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var entries = await connection.QueryAsync<(long Index, DateTime At, byte[] Bytes)>(
            new CommandDefinition(
                "select index, at, bytes from registry.ledger_entry where kind = 'rule-switched' and index < @before order by index desc limit @most",
                new { before, most },
                cancellationToken: cancellationToken
            )
        );
        return [.. entries.Select(entry => Switched(entry.Index, entry.At, entry.Bytes))];
    }

    private static RecordedTransition Switched(long index, DateTime at, byte[] bytes)
    {
        using var entry = JsonDocument.Parse(bytes);
        var body = entry.RootElement.GetProperty("body");
        return new RecordedTransition(
            index,
            new DateTimeOffset(at),
            DateOnly.ParseExact(body.GetProperty("day").GetString()!, "yyyy-MM-dd", CultureInfo.InvariantCulture),
            body.Deserialize<EffectiveTransition>(Json.Options)!
        );
    }

    private static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private sealed record RevisionRow(
        string Kind,
        string Id,
        int Number,
        int Position,
        DateTime RecordedAt,
        long Entry,
        long? Change,
        string Body
    )
    {
        public PolicyRevision Revision()
        {
            if (!Json.TryWord<DocumentKind>(Kind, out var kind))
                throw new InvalidOperationException($"A revision is of the kind '{Kind}', which this version does not know.");
            // What an older version wrote is read into the form of this one, so that documents that say the same are the same.
            return new PolicyRevision(Stored(kind), Number, Position, new DateTimeOffset(RecordedAt), Entry, Change);
        }

        private PolicyDocument Stored(DocumentKind kind)
        {
            var stored = new PolicyDocument(kind, Id, Body);
            return kind switch
            {
                DocumentKind.City => PolicyDocument.For(stored.Value<City>()),
                DocumentKind.Chapters => PolicyDocument.For(stored.Value<KnownChapters>()),
                DocumentKind.Wording => PolicyDocument.For(stored.Value<Domain.Notices.Wording>()),
                DocumentKind.Technology => PolicyDocument.For(stored.Value<Technology>()),
                _ => PolicyDocument.For(stored.Value<Instrument>()),
            };
        }
    }
}
