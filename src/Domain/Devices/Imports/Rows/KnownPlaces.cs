using System.Collections.Frozen;
using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Places;

namespace SurveillanceRegistry.Domain.Devices.Imports.Rows;

/// <summary>The registered places by what a list may call them. A list of a city names one in each row.</summary>
public sealed class KnownPlaces
{
    private readonly FrozenDictionary<string, Place> _byName,
        _byWords;

    public KnownPlaces(ImmutableArray<Place> places)
    {
        var (names, words) = (new Dictionary<string, Place>(), new Dictionary<string, Place>());
        foreach (var place in places)
        {
            names.TryAdd(place.Id, place);
            names.TryAdd(place.Name, place);
            words.TryAdd(PlaceWords.Key(place.Name), place);
            words.TryAdd(PlaceWords.Key(place.Address), place);
        }

        words.Remove("");
        (_byName, _byWords) = (names.ToFrozenDictionary(StringComparer.Ordinal), words.ToFrozenDictionary(StringComparer.Ordinal));
    }

    /// <summary>The place with this id or this name; null when there is none.</summary>
    public Place? Find(string text) => _byName.GetValueOrDefault(text);

    /// <summary>A place with a name or an address of the same words; null when there is none.</summary>
    public Place? FindAlike(string text) => _byWords.GetValueOrDefault(PlaceWords.Key(text));
}
