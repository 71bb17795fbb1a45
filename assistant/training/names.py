"""Given names, to be handed out at random so that no name is learned."""

from __future__ import annotations

from typing import Final

ENGLISH: Final = tuple(
    """
    Abigail Adam Adrian Agnes Aisha Alan Alba Alice Amara Amir Amy Ana Andre Angela Anika
    Anton Arjun Arthur Astrid Aurora Beatrice Ben Bianca Boris Brian Bruna Camila Carl
    Carmen Cecil Chloe Clara Colin Cora Daniel Daria David Deepa Diana Diego Dmitri Dora
    Edgar Edith Elena Eli Elsa Emil Emma Enzo Erik Esther Eva Fatima Felix Fiona Flora
    Frank Freya Gabriel George Gina Grace Greta Gustav Hana Harold Hassan Hazel Heidi
    Helen Henry Hugo Ian Ida Igor Imani Ines Ingrid Irene Iris Isaac Ivan Ivy Jack Jada
    Jasper Jean Jenny Joel Jonas Jorge Julia Kai Karim Karl Kate Keiko Kevin Kofi Lara
    Laura Leah Leo Lila Lina Liz Louis Lucia Luis Luke Lydia Mae Malik Marco Margaret
    Mariam Mark Marta Mateo Max Mei Mia Miguel Mila Milo Mina Miriam Mona Nadia Naomi Nate
    Nell Nikolai Nina Noah Nora Oleg Olga Oliver Omar Oscar Otis Owen Paloma Paul Pavel
    Pedro Petra Philip Priya Quinn Rachel Rafael Raj Ravi Rebecca Rita Robert Rosa Ruby
    Ruth Sam Sandra Sara Saul Selma Sergio Simon Sofia Stella Sven Tanya Tara Tessa Theo
    Thomas Tim Tobias Tom Uma Ursula Vera Victor Viola Walter Wanda Wendy Xavier Yara Yuki
    Yusuf Zack Zara Zelda Zoe
    """.split()
)

CHINESE: Final = tuple(
    """
    小明 小红 小刚 小丽 小芳 小军 小燕 小龙 王伟 李娜 张敏 刘洋 陈静 杨帆 赵磊 黄丽
    周杰 吴婷 徐强 孙悦 马超 朱琳 胡军 郭亮 何雪 高峰 林芳 罗平 郑爽 梁辰 谢敏 宋佳
    唐宁 许晴 韩冰 冯刚 邓丽 曹阳 彭飞 曾华
    """.split()
)
