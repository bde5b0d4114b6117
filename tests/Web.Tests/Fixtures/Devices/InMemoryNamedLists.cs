using System.Collections.Immutable;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Devices.Facts;
using SurveillanceRegistry.Domain.Ledger;

namespace SurveillanceRegistry.Web.Tests.Fixtures.Devices;

/// <summary>The lists of vendors, models and organisations in memory. Postgres.Tests tests them on PostgreSQL.</summary>
internal sealed class InMemoryNamedLists : INamedListRegister
{
    private ImmutableArray<ListedName> _names = [];

    public Task<ImmutableArray<ListedName>> AllAsync(CancellationToken cancellationToken) => Task.FromResult(_names);

    public Task<Outcome<ListedName>> AddAsync(
        ListedName name,
        Attribution by,
        string reason,
        DateTimeOffset at,
        CancellationToken cancellationToken
    )
    {
        if (_names.Contains(name))
            return Task.FromResult<Outcome<ListedName>>(new Refusal(RefusalCodes.Taken, "It is in the list already.", "name"));
        _names = _names.Add(name);
        return Task.FromResult<Outcome<ListedName>>(name);
    }
}
