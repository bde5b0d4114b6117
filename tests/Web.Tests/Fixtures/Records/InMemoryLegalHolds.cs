using System.Collections.Immutable;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Records;

namespace SurveillanceRegistry.Web.Tests.Fixtures.Records;

/// <summary>Legal holds in memory. Postgres.Tests tests them on PostgreSQL, with the records that they hold.</summary>
internal sealed class InMemoryLegalHolds : ILegalHoldRegister
{
    private ImmutableArray<LegalHold> _holds = [];

    public Task<ImmutableArray<LegalHold>> AllAsync(CancellationToken cancellationToken) => Task.FromResult(_holds);

    public Task<LegalHold> PlaceAsync(
        HeldRecords records,
        string reference,
        Attribution by,
        DateTimeOffset at,
        CancellationToken cancellationToken
    )
    {
        var hold = new LegalHold(_holds.Length + 1, records, reference, at, null);
        _holds = _holds.Insert(0, hold);
        return Task.FromResult(hold);
    }

    public Task<Outcome<LegalHold>> ReleaseAsync(long entry, Attribution by, DateTimeOffset at, CancellationToken cancellationToken)
    {
        if (_holds.FirstOrDefault(one => one.Entry == entry) is not { } hold)
            return Task.FromResult<Outcome<LegalHold>>(new Refusal(RefusalCodes.NotFound, $"There is no legal hold {entry}.", "hold"));
        if (hold.ReleasedAt is not null)
            return Task.FromResult<Outcome<LegalHold>>(new Refusal(RefusalCodes.WrongState, "It was released before.", "hold"));
        var released = hold with { ReleasedAt = at };
        _holds = _holds.Replace(hold, released);
        return Task.FromResult<Outcome<LegalHold>>(released);
    }
}
