using System.Collections.Immutable;

namespace SurveillanceRegistry.Domain.Registers.Lists;

/// <summary>What the columns of a list say of a register.</summary>
/// <param name="New">What is registered of a new id before any column is read.</param>
/// <param name="Fields">The columns beside <c>id</c>.</param>
/// <param name="Check">Every reason why a value cannot be registered, each at the name of a column.</param>
public sealed record ListShape<T>(
    Func<string, T> New,
    Func<T, string> IdOf,
    ImmutableArray<ListField<T>> Fields,
    Func<T, ImmutableArray<Refusal>> Check
)
    where T : class
{
    /// <summary>The column with the id.</summary>
    public const string Id = "id";

    /// <summary>The columns that a file may have, in the order of an export.</summary>
    public IEnumerable<string> Columns => Fields.Select(column => column.Name).Prepend(Id);
}

/// <summary>A column of a list.</summary>
/// <param name="Expected">What a cell may hold, for a sentence.</param>
/// <param name="Write">The cell that says what is registered; null for nothing.</param>
/// <param name="Read">The value with what a cell says, also an empty one; null when the cell cannot be read.</param>
public sealed record ListField<T>(string Name, string Expected, Func<T, string?> Write, Func<T, string, T?> Read)
    where T : class;

/// <summary>Fields that several lists have.</summary>
internal static class ListFieldsOf
{
    /// <summary>The cell of something that is out of use.</summary>
    private const string True = "true";

    /// <summary>A text that is required, so that an empty cell is refused by the rules of its register.</summary>
    public static ListField<T> Text<T>(string name, Func<T, string> write, Func<T, string, T> read)
        where T : class => new(name, "a text", write, read);

    /// <summary>Whether something is out of use.</summary>
    public static ListField<T> Retired<T>(Func<T, bool> write, Func<T, bool, T> read)
        where T : class =>
        new(
            "retired",
            "true, false or nothing",
            value => write(value) ? True : null,
            (value, cell) =>
                cell switch
                {
                    "" or "false" => read(value, false),
                    True => read(value, true),
                    _ => null,
                }
        );
}
