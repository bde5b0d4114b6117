using System.Collections.Immutable;
using Npgsql;
using SurveillanceRegistry.Domain.Changes;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Domain.Search;

namespace SurveillanceRegistry.Postgres.Search;

/// <summary>The search, by PostgreSQL's full text indexes: each word is a lexeme, and matches longer ones that begin with it.</summary>
public sealed class SearchRegister(NpgsqlDataSource database, IChangeRegister changes) : ISearchRegister
{
    // The expressions are those of the indexes of migration 0074. Of a device that belongs to a fleet no word is in the index.
    private const string Find = """
        (select 'place' as kind, id, body::text from registry.place
            where registry.place_words(id, body) @@ @words::tsquery and (@isForStaff or not coalesce((body->>'retired')::boolean, false))
            limit @most)
        union all
        (select 'kiosk', id, body::text from registry.kiosk
            where registry.place_words(id, body) @@ @words::tsquery and (@isForStaff or not coalesce((body->>'removed')::boolean, false))
            limit @most)
        union all
        (select 'fleet', id, body::text from registry.fleet_base
            where registry.place_words(id, body) @@ @words::tsquery and (@isForStaff or not coalesce((body->>'retired')::boolean, false))
            limit @most)
        union all
        (select 'device', id, body::text from registry.device
            where fleet is null and registry.device_words(id, body) @@ @words::tsquery
                and (@isForStaff or body->>'lifecycle' <> 'removed')
            limit @most)
        union all
        (select 'device', id, body::text from registry.device
            where fleet is null and id = @text and (@isForStaff or body->>'lifecycle' <> 'removed'))
        union all
        (select 'change', id::text, null from registry.change_request
            where @isForStaff and registry.text_words(reason) @@ @words::tsquery
            order by id desc
            limit @most)
        union all
        (select 'change', id::text, null from registry.change_request where @isForStaff and id::text = @text)
        """;

    public async Task<ImmutableArray<SearchSubject>> FindAsync(
        SearchQuery query,
        bool isForStaff,
        int most,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(query);
        var rows = await database.QueryAsync<(string Kind, string Id, string? Body)>(
            Find,
            new
            {
                words = string.Join(" & ", query.Words.Select(word => $"'{word}':*")),
                text = query.Text,
                isForStaff,
                most,
            },
            cancellationToken
        );
        var found = ImmutableArray.CreateBuilder<SearchSubject>(rows.Length);
        foreach (var (kind, id, body) in rows.DistinctBy(row => (row.Kind, row.Id)))
            if (await ReadAsync(kind, id, body, cancellationToken) is { } subject)
                found.Add(subject);
        return found.ToImmutable();
    }

    private async Task<SearchSubject?> ReadAsync(string kind, string id, string? body, CancellationToken cancellationToken) =>
        kind switch
        {
            "place" => SearchSubject.Of(JsonRow.Value<Place>(body!)),
            "kiosk" => SearchSubject.Of(JsonRow.Value<Kiosk>(body!)),
            "fleet" => SearchSubject.Of(JsonRow.Value<Fleet>(body!)),
            "device" => SearchSubject.Of(JsonRow.Value<Device>(body!)),
            _ => await changes.FindAsync(long.Parse(id, System.Globalization.CultureInfo.InvariantCulture), cancellationToken)
                is { } request
                ? SearchSubject.Of(request)
                : null,
        };
}
