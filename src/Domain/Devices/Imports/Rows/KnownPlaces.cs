using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Places;

namespace SurveillanceRegistry.Domain.Devices.Imports.Rows;

/// <summary>The registered places by what a list may call them. A list of a city names one in each row.</summary>
public sealed class KnownPlaces
{
    private readonly Dictionary<string, Place> _byName = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Place> _byWords = new(StringComparer.Ordinal);

    public KnownPlaces(ImmutableArray<Place> places)
    {
        foreach (var place in places)
        {
            _byName.TryAdd(place.Id, place);
            _byName.TryAdd(place.Name, place);
            foreach (var words in new[] { PlaceWords.Key(place.Name), PlaceWords.Key(place.Address) })
                _byWords.TryAdd(words, place);
        }

        _byWords.Remove("");
    }

    /// <summary>The place with this id or this name; null when there is none.</summary>
    public Place? Find(string text) => _byName.GetValueOrDefault(text);

    /// <summary>A place with a name or an address of the same words; null when there is none.</summary>
    public Place? FindAlike(string text) => _byWords.GetValueOrDefault(PlaceWords.Key(text));
}
