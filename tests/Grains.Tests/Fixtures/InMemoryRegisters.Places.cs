using System.Collections.Immutable;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Notices;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Domain.Registers;

namespace SurveillanceRegistry.Grains.Tests.Fixtures;

internal sealed partial class InMemoryRegisters : IPlaceRegister, INoticeRegister, IFleetBaseRegister, IPlaceUses
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
    public Task<ILookup<string, string>> DevicesByPlaceAsync(DateTimeOffset then, CancellationToken cancellationToken) =>
        Task.FromResult(Devices.Where(device => device.Place is not null).ToLookup(device => device.Place!, device => device.Id));

    public Task<ILookup<string, string>> FleetsByPlaceAsync(DateTimeOffset then, CancellationToken cancellationToken) =>
        Task.FromResult(
            FleetBases
                .SelectMany(fleet => fleet.Places, (fleet, place) => (place, fleet.Fleet))
                .ToLookup(pair => pair.place, pair => pair.Fleet)
        );

    /// <summary>The places that fleets work from.</summary>
    public ImmutableArray<FleetBase> FleetBases { get; set; } = opening.FleetBases;

    Task<ImmutableArray<FleetBase>> IFleetBaseRegister.AllAsync(CancellationToken cancellationToken) => Task.FromResult(FleetBases);

    public Task<ImmutableArray<PlaceFleet>> FindAsync(string place, DateTimeOffset then, CancellationToken cancellationToken) =>
        Task.FromResult(
            PlaceFleet.Join(
                from fleet in FleetBases
                where fleet.Places.Contains(place)
                from technology in Devices.Where(device => device.Fleet == fleet.Fleet).Select(device => device.Technology).Distinct()
                select new PlaceFleet(fleet.Fleet, technology, fleet.Department, []),
                []
            )
        );

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
