using System.Collections.Immutable;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Notices;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Registers;

namespace SurveillanceRegistry.Grains.Tests.Fixtures;

internal sealed partial class InMemoryRegisters
    : IPlaceRegister,
        INoticeRegister,
        IFleetBaseRegister,
        IPlaceUses,
        IDepartmentUses,
        IKindUses
{
    private readonly List<SignedNotice> _notices = [];

    /// <summary>The notices that were issued, oldest first.</summary>
    public ImmutableArray<SignedNotice> Issued
    {
        get
        {
            lock (_lock)
                return [.. _notices];
        }
    }

    /// <summary>The registered places.</summary>
    public InMemoryInventory<Place> Places { get; } = new(opening.Places, place => place.Id);

    /// <summary>The registered kiosks, with their versions.</summary>
    public InMemoryInventory<Kiosk> Screens { get; } = new(opening.Kiosks, kiosk => kiosk.Id);

    /// <summary>The registered kiosks. A test may register and remove some.</summary>
    public ImmutableArray<Kiosk> Kiosks
    {
        get => Screens.Now;
        set => Screens.Reset(value);
    }

    public Task<ImmutableArray<Place>> PlacesAsync(CancellationToken cancellationToken) =>
        Task.FromResult(Places.Now.RemoveAll(place => place.IsRetired));

    public Task<Place?> FindPlaceAsync(string placeId, CancellationToken cancellationToken) =>
        Task.FromResult(Places.Now.FirstOrDefault(place => place.Id == placeId && !place.IsRetired));

    public Task<ImmutableArray<Kiosk>> KiosksAsync(CancellationToken cancellationToken) =>
        IsOutOfReach ? throw new IOException("The database is out of reach.") : Task.FromResult(Kiosks);

    public Task<ImmutableArray<Kiosk>> KiosksAtAsync(string placeId, CancellationToken cancellationToken) =>
        Task.FromResult(Kiosks.RemoveAll(kiosk => kiosk.Removed || kiosk.Place != placeId));

    /// <summary>The devices of now: these tests move none.</summary>
    public Task<ILookup<string, string>> DevicesByPlaceAsync(
        IReadOnlyCollection<string> places,
        DateTimeOffset then,
        CancellationToken cancellationToken
    ) =>
        Task.FromResult(
            Devices
                .Where(device => device.Place is not null && places.Contains(device.Place))
                .ToLookup(device => device.Place!, device => device.Id)
        );

    public async Task<ILookup<string, string>> FleetsByPlaceAsync(
        IReadOnlyCollection<string> places,
        RegisterPoint point,
        CancellationToken cancellationToken
    ) =>
        (await Fleets.ListAsync(point, cancellationToken))
            .Select(version => version.Value)
            .Where(fleet => !fleet.IsRetired)
            .SelectMany(fleet => fleet.Places, (fleet, place) => (place, fleet.Id))
            .Where(pair => places.Contains(pair.place))
            .ToLookup(pair => pair.place, pair => pair.Id);

    /// <summary>The registered fleets, with their versions.</summary>
    public InMemoryInventory<Fleet> Fleets { get; } = new(FleetsOf(opening), fleet => fleet.Id);

    /// <summary>The places that fleets work from. A test may set them.</summary>
    public ImmutableArray<FleetBase> FleetBases
    {
        get =>
            [
                .. Fleets
                    .Now.Where(fleet => fleet.Department is not null && !fleet.IsRetired)
                    .Select(fleet => new FleetBase(fleet.Id, fleet.Department!, fleet.Places)),
            ];
        set
        {
            var based = value.Select(Of).ToArray();
            Fleets.Reset(based.Concat(Fleets.Now.Where(fleet => based.All(other => other.Id != fleet.Id))));
        }
    }

    Task<ImmutableArray<FleetBase>> IFleetBaseRegister.AllAsync(CancellationToken cancellationToken) => Task.FromResult(FleetBases);

    public Task<ImmutableArray<PlaceFleet>> FindAsync(string place, DateTimeOffset then, CancellationToken cancellationToken) =>
        Task.FromResult(Describe(Fleets.Now.RemoveAll(fleet => fleet.IsRetired || !fleet.Places.Contains(place))));

    public Task<ImmutableArray<PlaceFleet>> DescribeAsync(Fleet fleet, DateTimeOffset then, CancellationToken cancellationToken) =>
        Task.FromResult(Describe([fleet]));

    public Task<Outcome<FleetBase>> SetAsync(
        FleetBase fleet,
        Attribution by,
        string reason,
        DateTimeOffset at,
        CancellationToken cancellationToken
    )
    {
        FleetBases = [.. FleetBases.Where(known => known.Fleet != fleet.Fleet), fleet];
        return Task.FromResult<Outcome<FleetBase>>(fleet);
    }

    private static Fleet Of(FleetBase fleet) => new(fleet.Fleet, null, fleet.Department, fleet.Places);

    private static IEnumerable<Fleet> FleetsOf(Opening opening) =>
        opening
            .FleetBases.Select(Of)
            .Concat(opening.Devices.Select(device => device.Fleet).OfType<string>().Distinct().Select(Fleet.Named))
            .DistinctBy(fleet => fleet.Id);

    /// <summary>What a notice says of fleets, without what single devices add.</summary>
    private ImmutableArray<PlaceFleet> Describe(ImmutableArray<Fleet> fleets) =>
        PlaceFleet.Join(
            from fleet in fleets
            from technology in Devices.Where(device => device.Fleet == fleet.Id).Select(device => device.Technology).Distinct()
            select new PlaceFleet(fleet.Id, technology, fleet.Department ?? "", []) { Name = fleet.Name },
            []
        );

    /// <summary>What belongs to departments, without gateways: these tests have none.</summary>
    Task<ImmutableArray<DepartmentUse>> IDepartmentUses.AllAsync(CancellationToken cancellationToken)
    {
        var inUse = Devices.RemoveAll(device => device.Lifecycle == Lifecycle.Removed);
        var fleets = inUse
            .Where(device => device.Fleet is not null)
            .Select(device => (device.Department, device.Fleet!))
            .Concat(FleetBases.Select(fleet => (fleet.Department, fleet.Fleet)))
            .ToLookup(use => use.Department, use => use.Item2);
        return Task.FromResult(
            inUse
                .Select(device => device.Department)
                .Union(fleets.Select(of => of.Key))
                .Order(StringComparer.Ordinal)
                .Select(department => new DepartmentUse(
                    department,
                    inUse.Count(device => device.Place is not null && device.Department == department),
                    [.. fleets[department].Distinct().Order(StringComparer.Ordinal)],
                    []
                ))
                .ToImmutableArray()
        );
    }

    /// <summary>What is of the kinds.</summary>
    Task<ImmutableArray<KindUse>> IKindUses.AllAsync(CancellationToken cancellationToken) =>
        Task.FromResult(
            Devices
                .Where(device => device.Lifecycle != Lifecycle.Removed)
                .GroupBy(device => device.Kind, StringComparer.Ordinal)
                .OrderBy(kind => kind.Key, StringComparer.Ordinal)
                .Select(kind => new KindUse(
                    kind.Key,
                    kind.Count(device => device.Fleet is null),
                    [.. kind.Select(device => device.Fleet).OfType<string>().Distinct().Order(StringComparer.Ordinal)]
                ))
                .ToImmutableArray()
        );

    public Task<SignedNotice?> LatestAsync(string place, CancellationToken cancellationToken) =>
        Task.FromResult(Issued.LastOrDefault(notice => notice.Place == place));

    public Task<SignedNotice?> FindAtAsync(string place, DateTimeOffset at, CancellationToken cancellationToken) =>
        Task.FromResult(Issued.LastOrDefault(notice => notice.Place == place && notice.IssuedAt <= at));

    public async Task<bool> AppendAsync(SignedNotice notice, CancellationToken cancellationToken)
    {
        await Notices.PassAsync();
        if (Issued.Any(other => other.Place == notice.Place && other.Sequence == notice.Sequence))
            return false;
        Record(() => _notices.Add(notice));
        return true;
    }

    public Task<long> LedgerSizeAsync(CancellationToken cancellationToken) => Task.FromResult(NextEntry);
}
